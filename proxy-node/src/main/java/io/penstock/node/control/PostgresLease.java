package io.penstock.node.control;

import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.javadsl.Lease;

/**
 * Decides in Postgres which part of a divided cluster goes on: the one that takes the lease. Nodes cannot tell a dead one from one that they do not
 * reach, and of two nodes neither is the majority; but without Postgres a node is good for nothing, so whoever does not reach it may as well end.
 * Pekko's split brain resolver makes it and holds it for {@code release-after}. The rows are in {@code penstock.cluster_leases}, see
 * {@code credentials.sql}.
 */
public final class PostgresLease extends Lease {
    /** So long nobody else gets it. Longer than the resolver keeps it, and it does not renew it. */
    static final Duration TIME = Duration.ofSeconds(60);

    /** What the actor system needs for it beside {@link InDatabase}. */
    public static final String CONFIG = """
        pekko.cluster.split-brain-resolver {
          active-strategy = lease-majority
          lease-majority.lease-implementation = "penstock.lease"
        }
        penstock.lease.lease-class = "%s"
        """.formatted(PostgresLease.class.getName());

    private static final String ACQUIRE = """
        insert into penstock.cluster_leases as kept (name, owner, until)
        values (?, ?, clock_timestamp() + ? * interval '1 millisecond')
        on conflict (name) do update set owner = excluded.owner, until = excluded.until
        where kept.owner = excluded.owner or kept.until < clock_timestamp()
        """;

    private static final String RELEASE = "delete from penstock.cluster_leases where name = ? and owner = ?";

    /**
     * How a lease finds its database: an actor system is started with it.
     *
     * @param database as the writer; asked for at the first use, because the database is opened after the cluster
     * @param blocking where statements may block: one virtual thread each
     */
    public static final class InDatabase extends Setup {
        private final Supplier<DataSource> database;
        private final Executor blocking;

        public InDatabase(Supplier<DataSource> database, Executor blocking) {
            this.database = database;
            this.blocking = blocking;
        }
    }

    private final LeaseSettings settings;
    private final InDatabase where;
    private volatile long heldUntil = Long.MIN_VALUE;

    /** For Pekko, which makes it by name. */
    public PostgresLease(LeaseSettings settings, ExtendedActorSystem system) {
        this(settings, system.settings().setup().get(InDatabase.class).orElseThrow());
    }

    PostgresLease(LeaseSettings settings, InDatabase where) {
        this.settings = settings;
        this.where = where;
    }

    @Override
    public LeaseSettings getSettings() {
        return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
        return acquire(_ -> {});
    }

    /** @param lost is not told: the lease is taken for its whole time */
    @Override
    public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> lost) {
        long askedAt = System.nanoTime();
        return change(ACQUIRE, true).thenApply(mine -> {
            heldUntil = mine ? askedAt + TIME.toNanos() : Long.MIN_VALUE;
            return mine;
        });
    }

    @Override
    public CompletionStage<Boolean> release() {
        heldUntil = Long.MIN_VALUE;
        return change(RELEASE, false).thenApply(_ -> true);
    }

    @Override
    public boolean checkLease() {
        return heldUntil != Long.MIN_VALUE && System.nanoTime() - heldUntil < 0;
    }

    private CompletionStage<Boolean> change(String sql, boolean timed) {
        JdbcCalls calls;
        try {
            calls = new JdbcCalls(where.database.get(), where.blocking);
        } catch (IllegalStateException notOpen) {
            return CompletableFuture.failedFuture(notOpen);
        }
        return calls.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, settings.leaseName());
                statement.setString(2, settings.ownerName());
                if (timed) {
                    statement.setLong(3, TIME.toMillis());
                }
                return statement.executeUpdate() == 1;
            }
        });
    }
}
