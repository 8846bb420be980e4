package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every row of {@link JournalRecovery}'s table: on the test's own thread, with a clock that the test moves and rounds that it ends. */
class JournalRecoveryTest {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration RETENTION = Duration.ofDays(7);

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    /** What has been begun and not yet ended. */
    private final Deque<Runnable> begun = new ArrayDeque<>();

    private final List<String> done = new ArrayList<>();
    private @Nullable SQLException failure;
    private ActorRef<JournalRecovery.Command> recovery;

    private final class ScriptedRounds implements JournalRecovery.Rounds {
        @Override
        public int sweep() throws SQLException {
            done.add("sweep");
            if (failure != null) {
                throw failure;
            }
            return 0;
        }

        @Override
        public int prune(Duration retention) {
            done.add("prune " + retention.toDays());
            return 0;
        }
    }

    @BeforeEach
    void start() {
        recovery = kit.spawn(
                JournalRecovery.create(
                        new ScriptedRounds(), new JournalRecovery.Schedule(INTERVAL, RETENTION), begun::add),
                "recovery",
                DispatcherSelector.fromConfig("pekko.test.calling-thread-dispatcher"));
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void sweepsAtItsStartAndThenByTheTimer() {
        assertThat(begun).hasSize(1);
        end();
        beginsAfter(INTERVAL);
        end();
        beginsAfter(INTERVAL);
        end();
        assertThat(done).containsExactly("sweep", "sweep", "sweep");
    }

    @Test
    void sweepsAtOnceWhenAskedWhileItRestsAndTheTimerBeginsAnew() {
        end();
        time.timePasses(INTERVAL.minusMillis(1));
        recovery.tell(new JournalRecovery.Sweep());
        assertThat(begun).hasSize(1);
        time.timePasses(INTERVAL);
        end();
        beginsAfter(INTERVAL);
    }

    @Test
    void sweepsOnceMoreForAllThatAskWhileItWorks() {
        recovery.tell(new JournalRecovery.Sweep());
        recovery.tell(new JournalRecovery.Sweep());
        assertThat(begun).hasSize(1);
        end();
        assertThat(begun).hasSize(1);
        end();
        beginsAfter(INTERVAL);
    }

    @Test
    void aFailureIsTriedAgainEverMoreSlowlyUpToTenTimes() {
        failure = new SQLException("away", "08006");
        for (int times = 1; times <= 12; times++) {
            end();
            beginsAfter(INTERVAL.multipliedBy(Math.min(times, 10)));
        }
        failure = null;
        end();
        beginsAfter(INTERVAL);
    }

    @Test
    void afterAFailureItDoesNotSweepAtOnceForThoseThatHaveAsked() {
        recovery.tell(new JournalRecovery.Sweep());
        failure = new SQLException("away", "08006");
        end();
        beginsAfter(INTERVAL);
    }

    @Test
    void oldEntriesAreDeletedWhileItWorks() {
        Runnable sweep = begun.remove();
        time.timePasses(JournalRecovery.Schedule.PRUNE_INTERVAL);
        end();
        assertThat(done).containsExactly("prune 7");
        sweep.run();
        beginsAfter(INTERVAL);
    }

    @Test
    void oldEntriesAreDeletedWhileItRests() {
        time.timePasses(JournalRecovery.Schedule.PRUNE_INTERVAL.minusSeconds(1));
        end(); // it rests for longer than that second
        assertThat(begun).isEmpty();
        time.timePasses(Duration.ofSeconds(1));
        end();
        assertThat(done).containsExactly("sweep", "prune 7");
    }

    @Test
    void whenToldToStopItIsOverWhateverIsUnderWay() {
        recovery.tell(new JournalRecovery.Stop());
        failure = new SQLException("connections are closed", "08003");
        end();
        time.timePasses(JournalRecovery.Schedule.PRUNE_INTERVAL.multipliedBy(2));
        assertThat(begun).isEmpty();
    }

    @Test
    void whenToldToStopWhileItRestsItIsOver() {
        end();
        recovery.tell(new JournalRecovery.Stop());
        time.timePasses(JournalRecovery.Schedule.PRUNE_INTERVAL.multipliedBy(2));
        assertThat(begun).isEmpty();
    }

    private void end() {
        begun.remove().run();
    }

    private void beginsAfter(Duration rest) {
        assertThat(begun).isEmpty();
        time.timePasses(rest.minusMillis(1));
        assertThat(begun).isEmpty();
        time.timePasses(Duration.ofMillis(1));
        assertThat(begun).hasSize(1);
    }
}
