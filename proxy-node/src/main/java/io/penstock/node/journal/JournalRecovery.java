package io.penstock.node.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link Recoverer}'s rounds at the start of a node and from then on by a timer: one on every node for each database. They need no leader: an entry's row lock
 * in Postgres decides who acts, also where the cluster is split.
 *
 * <pre>
 * state     message                     next
 * resting   Sweep (timer, or somebody)  working: a sweep on a virtual thread
 * working   Sweep                       working, once more when done
 * working   Swept                       resting, or working where one more was asked for
 * any       Prune (timer)               the same; old entries are deleted meanwhile
 * any       Stop                        over: what a sweep under way still meets, such as connections that are closed, is nobody's concern
 * </pre>
 */
public final class JournalRecovery {
    /** What it understands. Local to the node. */
    public sealed interface Command {}

    /** Look now: at start, by timer, or because a statement has just left something open. */
    public record Sweep() implements Command {}

    /** The node ends. */
    public record Stop() implements Command {}

    private record Prune() implements Command {}

    private record Swept(@Nullable Throwable failure) implements Command {}

    private record Pruned(@Nullable Throwable failure) implements Command {}

    /**
     * @param interval between two looks
     * @param retention how long finished entries stay
     */
    public record Schedule(Duration interval, Duration retention) {
        static final Duration PRUNE_INTERVAL = Duration.ofMinutes(10);
    }

    /** What is done by turns; both block. {@link Recoverer} is it. */
    interface Rounds {
        /** Takes up what is due; returns how many entries were looked at. */
        int sweep() throws SQLException, InterruptedException;

        /** Deletes finished entries that are older; returns how many. */
        int prune(Duration retention) throws SQLException;
    }

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final Rounds rounds;
    private final Schedule schedule;
    private final Executor threads;
    private int failures;

    private JournalRecovery(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Rounds rounds,
            Schedule schedule,
            Executor threads) {
        this.context = context;
        this.timers = timers;
        this.rounds = rounds;
        this.schedule = schedule;
        this.threads = threads;
    }

    /** @param threads where blocking is allowed: one virtual thread a task */
    public static Behavior<Command> create(Rounds rounds, Schedule schedule, Executor threads) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Prune(), Schedule.PRUNE_INTERVAL);
            return new JournalRecovery(context, timers, rounds, schedule, threads).work();
        }));
    }

    private Behavior<Command> work() {
        timers.cancel(Sweep.class);
        context.pipeToSelf(run(rounds::sweep), (_, failure) -> new Swept(failure));
        return working(false);
    }

    private Behavior<Command> resting() {
        return Behaviors.receive(Command.class)
                .onMessage(Sweep.class, _ -> work())
                .onMessage(Prune.class, _ -> prune())
                .onMessage(Pruned.class, this::pruned)
                .onMessage(Stop.class, _ -> Behaviors.stopped())
                .build();
    }

    private Behavior<Command> working(boolean onceMore) {
        return Behaviors.receive(Command.class)
                .onMessage(Sweep.class, _ -> working(true))
                .onMessage(Swept.class, swept -> swept(swept, onceMore))
                .onMessage(Prune.class, _ -> prune())
                .onMessage(Pruned.class, this::pruned)
                .onMessage(Stop.class, _ -> Behaviors.stopped())
                .build();
    }

    private Behavior<Command> swept(Swept swept, boolean onceMore) {
        if (swept.failure() == null) {
            failures = 0;
            if (onceMore) {
                return work();
            }
        } else {
            failures++;
            context.getLog().warn("recovery could not read the journal, time {}: {}", failures, cause(swept.failure()));
        }
        // Postgres away: ever more slowly, up to ten times as slow, as many nodes ask at once when it is back.
        timers.startSingleTimer(
                Sweep.class, new Sweep(), schedule.interval().multipliedBy(Math.clamp(failures, 1, 10)));
        return resting();
    }

    private Behavior<Command> prune() {
        context.pipeToSelf(run(() -> rounds.prune(schedule.retention())), (_, failure) -> new Pruned(failure));
        return Behaviors.same();
    }

    private Behavior<Command> pruned(Pruned pruned) {
        if (pruned.failure() != null) {
            context.getLog().warn("old journal entries could not be deleted: {}", cause(pruned.failure()));
        }
        return Behaviors.same();
    }

    /** Something that blocks. */
    private interface Work {
        int run() throws SQLException, InterruptedException;
    }

    private CompletableFuture<Integer> run(Work work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.run();
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    }
                },
                threads);
    }

    private static String cause(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof SQLException sql ? "SQLSTATE " + sql.getSQLState() : cause.toString();
    }
}
