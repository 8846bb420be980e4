package io.penstock.node.session;

import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.backend.ExchangeResult.Row;
import io.penstock.node.backend.ServerConnection;
import io.penstock.node.backend.ServerFailure;
import io.penstock.node.backend.Statements;
import io.penstock.protocol.auth.ScramVerifier;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Postgres for the verifiers of its users, on a connection of its own, to which nothing of what a client says comes but its name, and
 * that as a parameter (CVE-2025-12819). Two questions go out together: whether the role may log in at all (NOLOGIN, VALID UNTIL;
 * CVE-2025-2291), which no configured query can forget, and the configured one.
 *
 * <p>Nothing is remembered: what an ALTER ROLE has changed counts for the next login. Logins of one user that come at once share a question,
 * but only one that is asked after they came.
 *
 * <p>Safe for use by several threads.
 */
public final class RoleLookup implements AutoCloseable {
    /** Settings of the connection: names mean what they mean in PostgreSQL itself, and a question does not last. */
    public static final String OPTIONS = "-c search_path=pg_catalog,pg_temp -c statement_timeout=5s";

    /** Longer than a statement may last on a server that is there. */
    private static final Duration PATIENCE = Duration.ofSeconds(7);

    private static final Logger LOG = LoggerFactory.getLogger(RoleLookup.class);

    private static final String MAY_LOG_IN = "SELECT rolcanlogin AND COALESCE(rolvaliduntil OPERATOR(pg_catalog.>)"
            + " pg_catalog.now(), true) FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1";

    /** A user who is being asked for, and the next question, for those who have come since. */
    private static final class Asking {
        private @Nullable CompletableFuture<Optional<ScramVerifier>> next;
    }

    private final String query;
    private final Supplier<CompletionStage<ServerConnection>> connect;
    private final Map<String, Asking> underWay = new HashMap<>();
    private @Nullable CompletableFuture<ServerConnection> connection;
    private boolean closed;

    /**
     * A lookup without a connection; it is made with the first question.
     *
     * @param query gives the verifier of the user {@code $1} in the last column of its first row
     * @param connect with {@link #OPTIONS}
     */
    public RoleLookup(String query, Supplier<CompletionStage<ServerConnection>> connect) {
        this.query = query;
        this.connect = connect;
    }

    /** The verifier of a user that may log in; empty for any other. Fails when Postgres cannot be asked. */
    public CompletionStage<Optional<ScramVerifier>> find(String user) {
        CompletableFuture<Optional<ScramVerifier>> answer = new CompletableFuture<>();
        synchronized (this) {
            Asking asking = underWay.get(user);
            if (asking != null) {
                if (asking.next == null) {
                    asking.next = answer;
                }
                return asking.next;
            }
            underWay.put(user, new Asking());
        }
        ask(user, answer);
        return answer;
    }

    private void ask(String user, CompletableFuture<Optional<ScramVerifier>> answer) {
        CompletableFuture.completedFuture(user)
                .thenCompose(this::ask)
                // The connection may have died of old age since the last question.
                .exceptionallyCompose(failure -> lost(failure) ? ask(user) : CompletableFuture.failedFuture(failure))
                .whenComplete((verifier, failure) -> {
                    askForOthers(user);
                    if (failure == null) {
                        answer.complete(verifier);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
    }

    /** A question is answered: those who came while it was under way need another one. */
    private void askForOthers(String user) {
        CompletableFuture<Optional<ScramVerifier>> next;
        synchronized (this) {
            Asking asking = Objects.requireNonNull(underWay.get(user));
            next = asking.next;
            asking.next = null;
            if (next == null) {
                underWay.remove(user);
            }
        }
        if (next != null) {
            ask(user, next);
        }
    }

    private CompletionStage<Optional<ScramVerifier>> ask(String user) {
        return connection()
                .thenCompose(open -> patiently(
                        open,
                        open.run(Statements.begin()
                                .run(MAY_LOG_IN, user)
                                .run(query, user)
                                .sync())))
                .thenApply(result -> read(result.orThrow()));
    }

    /** A server that has gone without a word leaves a connection that looks well: the others are asked over a new one, and not when TCP gives up. */
    private static CompletionStage<ExchangeResult> patiently(
            ServerConnection open, CompletionStage<ExchangeResult> answer) {
        answer.toCompletableFuture()
                .copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((_, failure) -> {
                    if (failure instanceof TimeoutException) {
                        open.close();
                    }
                });
        return answer;
    }

    private synchronized CompletionStage<ServerConnection> connection() {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the node stops"));
        }
        CompletableFuture<ServerConnection> open = connection;
        if (open == null
                || open.isCompletedExceptionally()
                || (open.isDone() && !open.join().isOpen())) {
            open = connect.get().toCompletableFuture();
            connection = open;
        }
        return open;
    }

    private static boolean lost(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof ServerFailure.Lost;
    }

    private static Optional<ScramVerifier> read(ExchangeResult result) {
        List<Row> role = result.results().getFirst().rows();
        List<Row> rows = result.rows();
        // A user that is no role is the query's own affair.
        boolean barred = !role.isEmpty() && !"t".equals(role.getFirst().text(0));
        if (barred || rows.isEmpty()) {
            return Optional.empty();
        }
        Row row = rows.getFirst();
        String verifier = row.text(row.values().size() - 1);
        if (verifier == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(ScramVerifier.parse(verifier));
        } catch (IllegalArgumentException anotherKind) {
            LOG.warn("a user cannot log in: what Postgres has of the password is no SCRAM-SHA-256 verifier");
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (connection != null) {
            connection.thenAccept(ServerConnection::close);
        }
    }
}
