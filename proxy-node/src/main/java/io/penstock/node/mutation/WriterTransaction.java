package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Operation;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.backend.Lease;
import io.penstock.node.backend.PreparedNames;
import io.penstock.node.backend.ServerConnection;
import io.penstock.node.backend.ServerFailure;
import io.penstock.node.journal.ApiTrace;
import io.penstock.node.journal.MarkApplied;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A writer's transaction: opened before the API is asked, closed after it has answered. */
final class WriterTransaction {
    /** How soon and how often a waiting writer is looked at: a lock that is free costs no look. */
    private static final long LOOK_MILLIS = 100;

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** What has become of the wait for the rows' locks. */
    private enum Wait {
        GOES_ON,
        OWN_LOCK,
        OVER
    }

    private final MutationServices services;
    private final Lease lease;
    private final int client;

    private WriterTransaction(MutationServices services, Lease lease, int client) {
        this.services = services;
        this.lease = lease;
        this.client = client;
    }

    /** @param client process id of the client's own server connection, whose locks nobody would ever release */
    static CompletionStage<WriterTransaction> open(MutationServices services, int client) {
        return services.writers()
                .lease(services.writerWait())
                .thenApply(lease -> new WriterTransaction(services, lease, client));
    }

    /** @return {@link MutationEvent.Locked}, {@link MutationEvent.RowsChanged} or {@link MutationEvent.LockRefused} */
    CompletionStage<MutationEvent> lock(
            SyncedTable table, List<CapturedRow> rows, @Nullable String upsertOn, Map<String, String> settings) {
        AtomicReference<Wait> wait = new AtomicReference<>(Wait.GOES_ON);
        ScheduledFuture<?> watch = services.timer()
                .scheduleWithFixedDelay(() -> look(wait), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return run(names -> WriterSteps.lock(names, table, rows, upsertOn, settings, services.lockTimeout()))
                .handle((result, failure) -> {
                    watch.cancel(false);
                    if (!wait.compareAndSet(Wait.GOES_ON, Wait.OVER)) {
                        return new MutationEvent.LockRefused(
                                ErrorCode.OWN_LOCK.error(rows.getFirst().operation(), table.name()));
                    }
                    if (result == null) {
                        return new MutationEvent.LockRefused(error(failure));
                    }
                    PgError error = result.error();
                    if (error != null) {
                        return new MutationEvent.LockRefused(
                                error.sqlState().equals(LOCK_NOT_AVAILABLE)
                                        ? ErrorCode.LOCK_TIMEOUT.error(table.name())
                                        : error);
                    }
                    return WriterSteps.locked(result, rows)
                            ? new MutationEvent.Locked()
                            : new MutationEvent.RowsChanged();
                });
    }

    private void look(AtomicReference<Wait> wait) {
        services.blockers().blocks(client, lease.connection().processId()).thenAccept(blocked -> {
            // What was found out may be past: the connection has the lock then, or is somebody else's.
            if (blocked && wait.compareAndSet(Wait.GOES_ON, Wait.OWN_LOCK)) {
                // The lock that the client holds stays until the client goes on, so this connection is given up instead
                // of being cancelled.
                lease.discard();
            }
        });
    }

    /** Stores the rows and marks the journal entry; nothing of it lasts before {@link #commit}. */
    CompletionStage<ExchangeResult> store(
            SyncedTable table,
            Operation operation,
            List<ObjectNode> rows,
            Set<String> kept,
            @Nullable UUID entry,
            List<String> keys,
            ApiTrace trace) {
        List<@Nullable String> mark = entry == null ? List.of() : MarkApplied.parameters(entry, keys, trace);
        return run(names -> WriterSteps.store(names, table, operation, rows, kept, MarkApplied.SQL, mark));
    }

    /**
     * Sends COMMIT, which need not wait for the answer to what is to be committed: after an error it undoes everything.
     *
     * @param storing what {@link #store} gave
     * @return {@link MutationEvent.Stored}, {@link MutationEvent.RowRefused} or {@link MutationEvent.StoreFailed}; after the first the writer is given back
     */
    CompletionStage<MutationEvent> commit(
            SyncedTable table, Operation operation, List<ObjectNode> rows, CompletionStage<ExchangeResult> storing) {
        return run(WriterSteps::commit)
                .thenCombine(storing, (committed, stored) -> committed(table, operation, rows, stored, committed))
                .exceptionally(failure -> new MutationEvent.StoreFailed(error(failure)));
    }

    private MutationEvent committed(
            SyncedTable table,
            Operation operation,
            List<ObjectNode> rows,
            ExchangeResult stored,
            ExchangeResult committed) {
        PgError error = stored.error() == null ? committed.error() : stored.error();
        if (error != null) {
            return WriterSteps.refusesRow(error)
                    ? new MutationEvent.RowRefused(error)
                    : new MutationEvent.StoreFailed(error);
        }
        if (!WriterSteps.committed(committed)) {
            throw new IllegalStateException(
                    "COMMIT was taken for " + committed.last().tag());
        }
        MutationEvent.Stored event = new MutationEvent.Stored(WriterSteps.stored(table, operation, rows, stored));
        // Last of all: from here on the connection may be somebody else's.
        lease.release();
        return event;
    }

    private CompletionStage<ExchangeResult> run(Function<PreparedNames, Script> steps) {
        ServerConnection connection = lease.connection();
        return connection.withPreparedNames(names -> {
            Script script = steps.apply(names);
            return connection.run(script.end()).thenApply(result -> {
                if (result.error() == null) {
                    script.keep(names);
                }
                return result;
            });
        });
    }

    /** Whether its locks are still held, as far as is known here. */
    boolean isOpen() {
        return lease.connection().isOpen();
    }

    /** Gives the writer back, its transaction undone; nothing where it has been given back. */
    void rollback() {
        if (lease.isOver()) {
            return;
        }
        if (!lease.connection().isOpen()) {
            lease.discard();
            return;
        }
        lease.connection().run(WriterSteps.rollback()).whenComplete((_, failure) -> {
            if (failure == null) {
                lease.release();
            } else {
                lease.discard();
            }
        });
    }

    /**
     * What a client is told where there is no writer or it broke. An error of one statement, not the end of the client's connection. Any other failure is
     * a mistake of ours and is thrown on: who said that the connection was lost would hide it.
     */
    static PgError error(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ServerFailure known) {
            return known.error().withSeverity(Severity.ERROR);
        }
        throw new CompletionException(cause);
    }
}
