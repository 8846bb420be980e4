package io.penstock.node.pool;

import io.penstock.config.PoolSettings;
import io.penstock.protocol.message.TransactionStatus;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connection goes through between two clients: a cancel request on its way is waited for, what was left in the session is taken
 * away, and in transaction mode it is looked now and then whether functions of the database may leave something there.
 *
 * <p>Called on the connection's event loop.
 */
final class Turnaround {
    private static final Logger LOG = LoggerFactory.getLogger(Turnaround.class);

    /** In nanoseconds: for how long what was found out about the database's functions is taken to hold. */
    private static final long CHECK_AGAIN = 5_000_000_000L;

    private final String database;
    private final boolean shared;
    private final Outcome outcome;
    private volatile boolean functionsChangeSessions;
    private volatile long checkedAt;

    /** Told once for each connection, on its loop. */
    interface Outcome {
        /** Anybody may have it. */
        void fit(PooledServer server);

        /** Nobody may. */
        void unfit(PooledServer server);
    }

    Turnaround(String database, PoolSettings settings, Outcome outcome) {
        this.database = database;
        this.shared = settings.mode() == PoolSettings.Mode.TRANSACTION;
        this.outcome = outcome;
    }

    /**
     * A client leaves the connection at rest.
     *
     * @param dirty whether something may have been left in its session
     */
    void begin(PooledServer server, TransactionStatus status, boolean dirty) {
        CompletableFuture<Void> cancel = server.takeCancel();
        if (cancel == null) {
            clean(server, status, dirty);
        } else {
            // A cancel request on its way would hit the next client's statement.
            cancel.whenCompleteAsync(
                    (_, lost) -> {
                        if (lost == null) {
                            clean(server, status, dirty);
                        } else {
                            outcome.unfit(server);
                        }
                    },
                    server.eventLoop());
        }
    }

    /** The connection has just logged in; its first client is told through {@code first}, since nobody has given it back. */
    void fresh(PooledServer server, Outcome first) {
        if (!shared) {
            first.fit(server);
            return;
        }
        FunctionCheck.begin(server, finding -> {
            if (finding == FunctionCheck.Finding.LOST) {
                first.unfit(server);
            } else {
                checkedAt = System.nanoTime();
                functionsChangeSessions = finding == FunctionCheck.Finding.SOME;
                first.fit(server);
            }
        });
    }

    private void clean(PooledServer server, TransactionStatus status, boolean dirty) {
        if (dirty || status != TransactionStatus.IDLE || (shared && functionsChangeSessions)) {
            Cleaning.begin(server, status, clean -> {
                if (clean) {
                    check(server, shared && (dirty || isCheckDue()));
                } else {
                    outcome.unfit(server);
                }
            });
        } else {
            check(server, shared && isCheckDue());
        }
    }

    private boolean isCheckDue() {
        return System.nanoTime() - checkedAt > CHECK_AGAIN;
    }

    private void check(PooledServer server, boolean due) {
        if (!due) {
            outcome.fit(server);
            return;
        }
        checkedAt = System.nanoTime();
        FunctionCheck.begin(server, finding -> {
            switch (finding) {
                case NONE -> {
                    functionsChangeSessions = false;
                    outcome.fit(server);
                }
                case SOME -> {
                    if (!functionsChangeSessions) {
                        LOG.info(
                                "functions in database {} may change the session of their caller: each connection is cleaned"
                                        + " after each transaction",
                                database);
                    }
                    functionsChangeSessions = true;
                    // It was not cleaned for that reason yet.
                    Cleaning.begin(server, TransactionStatus.IDLE, clean -> {
                        if (clean) {
                            outcome.fit(server);
                        } else {
                            outcome.unfit(server);
                        }
                    });
                }
                case LOST -> outcome.unfit(server);
            }
        });
    }
}
