package io.penstock.node.journal;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of one database as a running statement uses it. In this order, and each step waits for the one before:
 *
 * <pre>
 * intend ............ durable before a byte leaves; refused: nothing is sent
 *   rejected | notApplied ... and the statement fails, when that is noted: where the API takes a key, recovery would send an entry without that note again
 *   inDoubt ........ and the statement fails; should that note be lost, recovery concludes the same later
 *   accepted ........ durable on this node (or, where its disk fails, in Postgres)
 *     {@link MarkApplied} in the transaction that stores the rows, COMMIT, then applied
 *     parked ........ where Postgres refuses the rows for good
 * </pre>
 *
 * <p>A statement that ends in any other way (no connection, no COMMIT answer) says {@code left}: recovery finishes it, and the client has to be
 * told that it may not repeat the statement. Without that word recovery waits for the entry's deadline, as for a node that has died.
 *
 * <p>Intents that wait at the same time are committed together: one fsync of Postgres for all of them.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final int GROUP = 64;

    /** Two, so that a group gathers while another one waits for the disk. */
    private static final int COMMITTERS = 2;

    /**
     * How often, and how long each time, an intent waits for an earlier change of its row. A statement holds its row's lock from before its intent to its
     * end, so the earlier one has ended, and its last word is about to arrive here; or its connection or node is gone, and that takes recovery longer.
     */
    private static final int WAITS = 20;

    private static final Duration WAIT = Duration.ofMillis(25);

    /** How many connections an intent may find ended: all of the pool, where somebody has terminated them or Postgres has been restarted. */
    private static final int LOST = 8;

    private record Waiting(JournalEntry entry, CompletableFuture<@Nullable Void> done, int waits) {}

    private final DataSource connections;
    private final AnswerKeeper answers;
    private final String node;
    private final Set<UUID> left = ConcurrentHashMap.newKeySet();
    private final LinkedBlockingQueue<Waiting> intents = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean closed;

    /**
     * @param connections as the writer, see {@link JournalConnections}
     * @param answers this node's and this database's alone
     * @param node this life of this node: another one after every start
     */
    public Journal(DataSource connections, AnswerKeeper answers, String node) {
        this.connections = connections;
        this.answers = answers;
        this.node = node;
        for (int i = 0; i < COMMITTERS; i++) {
            threads.execute(this::commitIntents);
        }
    }

    /** This life of this node, as its entries carry it. */
    public String node() {
        return node;
    }

    /**
     * Completed once the intent is committed and on disk. Fails with {@link JournalRefusal}: then nothing may be sent.
     */
    public CompletionStage<@Nullable Void> intend(JournalEntry entry) {
        if (closed || !answers.hasRoom()) {
            return CompletableFuture.failedFuture(unavailable(
                    closed ? "The node is stopping." : "Too many of the API's answers wait for Postgres on this node.",
                    null));
        }
        Waiting waiting = new Waiting(entry, new CompletableFuture<>(), 0);
        intents.add(waiting);
        return waiting.done();
    }

    /**
     * The API has applied the mutation. Completed once that survives the end of this process. Should it fail, the statement goes on to store its rows all
     * the same: the intent stays, and recovery would look the mutation up at the API.
     */
    public CompletionStage<@Nullable Void> accepted(UUID id, Answer answer, ApiTrace trace) {
        return answers.hold(id, JournalJson.bytes(JournalJson.answer(answer)))
                .exceptionallyComposeAsync(
                        failure -> {
                            LOG.warn(
                                    "answer file of this node failed, keeping the answer to {} in Postgres",
                                    id,
                                    failure);
                            return change(
                                    id,
                                    JournalEvent.API_ACCEPTED,
                                    change -> change.with(answer).with(null, trace));
                        },
                        threads);
    }

    /** The transaction with {@link MarkApplied} is committed: the answer on this node's disk is history. Nobody needs to wait for it. */
    public CompletionStage<@Nullable Void> applied(UUID id) {
        return answers.release(id);
    }

    /** The statement has ended and does not know how, or could not store its rows: recovery may go on at once. */
    public void left(UUID id) {
        left.add(id);
    }

    /** See {@link #left(UUID)}. */
    Set<UUID> left() {
        return Set.copyOf(left);
    }

    /** Recovery has done what there is to do. */
    void closed(UUID id) {
        left.remove(id);
    }

    DataSource connections() {
        return connections;
    }

    AnswerKeeper answers() {
        return answers;
    }

    /** The API refused it. Fails where the entry could not be told; recovery then finds out for itself, or sends it again where that is possible. */
    public CompletionStage<@Nullable Void> rejected(UUID id, PgError error, ApiTrace trace) {
        return change(id, JournalEvent.API_REJECTED, true, change -> change.with(JournalJson.error(error), trace));
    }

    /** Certainly nothing took effect: no permit, no token, no connection, or an answer that says so. Fails as {@link #rejected} does. */
    public CompletionStage<@Nullable Void> notApplied(UUID id, PgError error, ApiTrace trace) {
        return change(
                id,
                JournalEvent.CERTAINLY_NOT_SENT,
                true,
                change -> change.with(JournalJson.error(error), trace).because(error.message()));
    }

    /** Bytes may have left and no whole answer came. */
    public CompletionStage<@Nullable Void> inDoubt(UUID id, String reason, ApiTrace trace) {
        return change(
                id, JournalEvent.ANSWER_LOST, change -> change.because(reason).with(null, trace));
    }

    /** The API has it, Postgres refuses its rows for good (C-06). The answer is kept in the journal. */
    public CompletionStage<@Nullable Void> parked(UUID id, Answer answer, PgError error, ApiTrace trace) {
        return change(
                        id,
                        JournalEvent.ROW_REFUSED,
                        change -> change.orAccepting().with(answer).with(JournalJson.error(error), trace))
                .thenCompose(_ -> answers.release(id));
    }

    /** Ends the threads. Intents that wait are refused. */
    @Override
    public void close() {
        closed = true;
        threads.shutdown();
        try {
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CompletionStage<@Nullable Void> change(UUID id, JournalEvent event, UnaryOperator<Change> details) {
        return change(id, event, false, details);
    }

    /** @param surely whether it fails where recovery has taken the entry meanwhile */
    private CompletionStage<@Nullable Void> change(
            UUID id, JournalEvent event, boolean surely, UnaryOperator<Change> details) {
        Change change = details.apply(Change.of(event, JournalCause.STATEMENT));
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    if (move(id, event, change) || !surely) {
                        done.complete(null);
                    } else {
                        done.completeExceptionally(new IllegalStateException("recovery has the entry"));
                    }
                } catch (SQLException e) {
                    LOG.warn("journal entry {} could not take {} (SQLSTATE {})", id, event, e.getSQLState());
                    done.completeExceptionally(e);
                } catch (RuntimeException | Error e) {
                    LOG.error("journal entry {} could not take {}", id, event, e);
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException stopping) {
            LOG.warn("journal entry {} could not take {}: the node is stopping", id, event);
            done.completeExceptionally(stopping);
        }
        return done;
    }

    /** The connections that lie ready may all have ended: a note that is given up for that would leave recovery to find out what is known here. */
    private boolean move(UUID id, JournalEvent event, Change change) throws SQLException {
        for (int lost = 0; ; lost++) {
            boolean connected = false;
            try (Connection connection = connections.getConnection()) {
                connected = true;
                // After a COMMIT whose answer was lost the entry may be there already.
                boolean moved = JournalStore.move(connection, id, change) || lost > 0;
                if (!moved) {
                    LOG.warn("journal entry {} was no longer where {} could reach it", id, event);
                }
                return moved;
            } catch (SQLException e) {
                if (!connected || lost == LOST || !connectionLost(e)) {
                    throw e;
                }
            }
        }
    }

    private void commitIntents() {
        List<Waiting> group = new ArrayList<>();
        try {
            while (!closed || !intents.isEmpty()) {
                Waiting first = intents.poll(50, TimeUnit.MILLISECONDS);
                if (first != null) {
                    group.add(first);
                    intents.drainTo(group, GROUP - 1);
                    commitOrFail(group);
                    group.clear();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A statement that waits must get its answer, and the others must find this thread alive, whatever happens to one of them. */
    private void commitOrFail(List<Waiting> group) {
        try {
            commit(group);
        } catch (RuntimeException | Error e) {
            LOG.error("journal could not take intents", e);
            group.forEach(waiting -> waiting.done()
                    .completeExceptionally(unavailable("Penstock itself failed; see the node's log.", null)));
        }
    }

    private void commit(List<Waiting> group) {
        for (int lost = 0; ; lost++) {
            boolean connected = false;
            try (Connection connection = connections.getConnection()) {
                connected = true;
                answer(
                        group,
                        JournalStore.intend(
                                connection, group.stream().map(Waiting::entry).toList(), node));
                return;
            } catch (SQLException e) {
                if (connected && lost < LOST && connectionLost(e)) {
                    continue; // what was written and not heard of is found again by its id
                }
                if (connected && group.size() > 1) {
                    // One entry that Postgres cannot take (a NUL in a text) must not fail its neighbours.
                    group.forEach(waiting -> commit(List.of(waiting)));
                    return;
                }
                LOG.warn("journal refuses an intent (SQLSTATE {})", e.getSQLState());
                group.forEach(waiting -> waiting.done().completeExceptionally(unavailable(detail(e), e)));
                return;
            }
        }
    }

    private void answer(List<Waiting> group, Map<UUID, UUID> blocked) {
        for (Waiting waiting : group) {
            UUID blocker = blocked.get(waiting.entry().mutation().id());
            if (blocker == null) {
                waiting.done().complete(null);
            } else if (waiting.waits() < WAITS && !closed) {
                threads.execute(() -> again(waiting));
            } else {
                waiting.done().completeExceptionally(rowInDoubt(waiting.entry(), blocker));
            }
        }
    }

    /** The connection had ended before, or ended now; Postgres itself may be well. */
    private static boolean connectionLost(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    private void again(Waiting blocked) {
        try {
            Thread.sleep(WAIT);
            intents.add(new Waiting(blocked.entry(), blocked.done(), blocked.waits() + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static JournalRefusal rowInDoubt(JournalEntry entry, UUID blocker) {
        String table = entry.mutation().table().schema() + "."
                + entry.mutation().table().table();
        return new JournalRefusal(ErrorCode.ROW_IN_DOUBT.error(table, blocker), null);
    }

    private static JournalRefusal unavailable(String detail, @Nullable SQLException cause) {
        return new JournalRefusal(ErrorCode.JOURNAL_UNAVAILABLE.error().withDetail(detail), cause);
    }

    private static String detail(SQLException e) {
        // The server's message alone: no statement, no parameter.
        return e instanceof PSQLException refused && refused.getServerErrorMessage() != null
                ? "Postgres says: " + refused.getServerErrorMessage().getMessage() + "."
                : "Postgres does not answer.";
    }
}
