package io.penstock.node.sync;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one synced table filled and following: one on every node for each table. They need no leader: the lock of the table's row in
 * {@code penstock.sync_state} decides which node makes the next step, and {@code next_run_at} in it when.
 *
 * <pre>
 * state     message                  next
 * resting   Run (timer), SyncNow     working: a step on a virtual thread
 * working   SyncNow                  working, once more when done
 * working   Ran                      working again where there is another page, else resting until the step says
 * any       WhenFilled               answered with Done at once where the table is filled, else when it is
 * </pre>
 */
public final class SyncWorker {
    /** What it understands. Local to the node. */
    public sealed interface Command {}

    private record Run() implements Command {}

    /** Do not wait for the next poll. */
    public record SyncNow() implements Command {}

    /** Says {@code Done} once every row has been fetched once. */
    public record WhenFilled(ActorRef<Done> replyTo) implements Command {}

    private record Ran(
            TableSync.@Nullable Step step, @Nullable Throwable failure) implements Command {}

    /** Postgres away: as long as this until the next try. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final TableSync sync;
    private final Executor threads;
    private final List<ActorRef<Done>> waiting = new ArrayList<>();
    private boolean begun;
    private boolean filled;

    private SyncWorker(
            ActorContext<Command> context, TimerScheduler<Command> timers, TableSync sync, Executor threads) {
        this.context = context;
        this.timers = timers;
        this.sync = sync;
        this.threads = threads;
    }

    /** @param threads where blocking is allowed: one virtual thread a task */
    public static Behavior<Command> create(TableSync sync, Executor threads) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new SyncWorker(context, timers, sync, threads).work(false)));
    }

    private Behavior<Command> work(boolean now) {
        timers.cancel(Run.class);
        boolean first = !begun;
        CompletableFuture<TableSync.Step> step = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        if (first) {
                            sync.begin();
                        }
                        return sync.step(now);
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    }
                },
                threads);
        context.pipeToSelf(step, Ran::new);
        return working(false);
    }

    private Behavior<Command> resting() {
        return Behaviors.receive(Command.class)
                .onMessage(Run.class, _ -> work(false))
                .onMessage(SyncNow.class, _ -> work(true))
                .onMessage(WhenFilled.class, this::whenFilled)
                .build();
    }

    private Behavior<Command> working(boolean onceMore) {
        return Behaviors.receive(Command.class)
                .onMessage(SyncNow.class, _ -> working(true))
                .onMessage(Ran.class, ran -> ran(ran, onceMore))
                .onMessage(WhenFilled.class, this::whenFilled)
                .build();
    }

    private Behavior<Command> ran(Ran ran, boolean onceMore) {
        TableSync.Step step = ran.step();
        if (step == null) {
            // Nothing is lost: the position is where the last page was committed.
            context.getLog().warn("{} could not be followed: {}", sync.name(), cause(ran.failure()));
            return restFor(AFTER_FAILURE);
        }
        begun = true;
        if (step.filled() && !filled) {
            filled = true;
            waiting.forEach(replyTo -> replyTo.tell(Done.getInstance()));
            waiting.clear();
            context.getLog().info("{} is filled", sync.name());
        }
        if (step.next().isZero() || onceMore) {
            return work(onceMore);
        }
        return restFor(step.next());
    }

    private Behavior<Command> restFor(Duration delay) {
        timers.startSingleTimer(Run.class, new Run(), delay);
        return resting();
    }

    private Behavior<Command> whenFilled(WhenFilled question) {
        if (filled) {
            question.replyTo().tell(Done.getInstance());
        } else {
            waiting.add(question.replyTo());
        }
        return Behaviors.same();
    }

    private static String cause(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof SQLException sql ? "SQLSTATE " + sql.getSQLState() : String.valueOf(cause);
    }
}
