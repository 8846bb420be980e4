package io.penstock.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.ClientTimeouts;
import io.penstock.config.PoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Each row of the table of {@link PoolState}: times are milliseconds, loops 0 and 1, servers are named in the order of their opening. */
class PoolStateTest {
    private static final Map<String, String> PLAIN = Map.of();
    private static final Map<String, String> OTHER = Map.of("TimeZone", "UTC");

    private final List<String> said = new ArrayList<>();
    private final Map<String, PoolMember<String>> members = new HashMap<>();
    private PoolState<String, String> state = pool(2);
    private long now;

    private PoolState<String, String> pool(int size) {
        return new PoolState<>(
                new PoolSettings(
                        PoolSettings.Mode.SESSION,
                        size,
                        Duration.ofMillis(1000),
                        Duration.ofMillis(300),
                        Duration.ofMillis(60_000),
                        Duration.ofMillis(5_000),
                        ClientTimeouts.NONE,
                        1 << 20),
                2,
                effect -> said.add(
                        switch (effect) {
                            case PoolEffect.Give<String, String>(var who, var member) ->
                                "give " + member.server + " to " + who;
                            case PoolEffect.Move<String, String>(var who, var member, int loop) ->
                                "move " + member.server + " to loop " + loop + " for " + who;
                            case PoolEffect.Open<String, String>(var profile, int loop) ->
                                "open" + (profile.isEmpty() ? "" : " other") + " on " + loop;
                            case PoolEffect.Close<String, String>(var member) -> "close " + member.server;
                            case PoolEffect.TimedOut<String, String>(var who) -> "timed out " + who;
                            case PoolEffect.Notify<String, String>(var who, int ahead) ->
                                "notify " + who + " behind " + ahead;
                            case PoolEffect.Refuse<String, String>(var who, var failure) ->
                                "refuse " + who + ": " + failure.getMessage();
                            case PoolEffect.TurnAway<String, String>(var who) -> "turn away " + who;
                        }));
    }

    private void ask(String who, int loop, Map<String, String> profile) {
        state.ask(who, profile, loop, now * 1_000_000);
    }

    private void opened(String server, int loop, Map<String, String> profile) {
        PoolMember<String> member = state.opened(server, profile, loop, now * 1_000_000);
        members.put(server, member);
        state.returned(member, now * 1_000_000);
    }

    private void returned(String server) {
        state.returned(Objects.requireNonNull(members.get(server)), now * 1_000_000);
    }

    private List<String> said() {
        List<String> copy = List.copyOf(said);
        said.clear();
        return copy;
    }

    @Test
    void theFirstOpensOneAndAnIdleOneIsUsedAgain() {
        ask("a", 0, PLAIN);
        assertThat(said()).containsExactly("open on 0");
        opened("s1", 0, PLAIN);
        assertThat(said()).containsExactly("give s1 to a");
        returned("s1");
        ask("b", 0, PLAIN);

        assertThat(said()).containsExactly("give s1 to b");
        assertThat(state.open()).isEqualTo(1);
    }

    @Test
    void anIdleOneOfTheLoopIsTakenAtOnceButNotPastALine() {
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        assertThat(state.take(PLAIN, 0)).isNull();
        returned("s1");

        assertThat(state.take(PLAIN, 1)).isNull();
        assertThat(state.take(OTHER, 0)).isNull();
        assertThat(state.take(PLAIN, 0)).isNotNull();
        assertThat(state.idleCount()).isZero();
    }

    @Test
    void anIdleOneOfAnotherLoopMoves() {
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        returned("s1");
        said();
        ask("b", 1, PLAIN);

        assertThat(said()).containsExactly("move s1 to loop 1 for b");
        returned("s1");
        assertThat(state.take(PLAIN, 1)).isNotNull();
    }

    @Test
    void neverMoreThanSizeAreOpenAndTheLineIsServedInOrder() {
        for (String who : List.of("a", "b", "c", "d")) {
            ask(who, 0, PLAIN);
            now++;
        }
        assertThat(said()).containsExactly("open on 0", "open on 0");
        opened("s1", 0, PLAIN);
        opened("s2", 0, PLAIN);
        returned("s2");
        returned("s1");

        assertThat(said()).containsExactly("give s1 to a", "give s2 to b", "give s2 to c", "give s1 to d");
    }

    @Test
    void aServerStaysOnItsLoopUnlessSomebodyElsewhereHasWaitedMuchLonger() {
        state = pool(1);
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        said();
        ask("far", 1, PLAIN);
        now += 2;
        ask("near", 0, PLAIN);
        now += 10;
        ask("late", 0, PLAIN);
        returned("s1");
        returned("s1");
        returned("s1");

        assertThat(said())
                .as("near came 2 ms after far, late 12 ms")
                .containsExactly("give s1 to near", "move s1 to loop 1 for far", "move s1 to loop 0 for late");
    }

    @Test
    void anIdleOneThatLoggedInOtherwiseMakesRoom() {
        state = pool(1);
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        returned("s1");
        said();
        ask("b", 0, OTHER);

        assertThat(said()).containsExactly("close s1", "open other on 0");
        opened("s2", 0, OTHER);
        assertThat(said()).containsExactly("give s2 to b");
    }

    @Test
    void aReturnedOneThatLoggedInOtherwiseMakesRoomForTheFirstInLine() {
        state = pool(1);
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        said();
        ask("b", 1, OTHER);
        now += 100;
        ask("c", 0, PLAIN);
        returned("s1");

        assertThat(said()).containsExactly("close s1", "open other on 1");
    }

    @Test
    void whatCannotBeOpenedIsToldToTheFirstAndTriedAgainForTheNext() {
        state = pool(1);
        ask("a", 0, PLAIN);
        ask("b", 0, PLAIN);
        said();
        state.openFailed(PLAIN, new IllegalStateException("away"));

        assertThat(said()).containsExactly("refuse a: away", "open on 0");
        assertThat(state.waiting()).isEqualTo(1);
    }

    @Test
    void aLostOneIsReplacedIfSomebodyWaits() {
        state = pool(1);
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        ask("b", 0, PLAIN);
        said();
        state.lost(Objects.requireNonNull(members.get("s1")));
        returned("s1");

        assertThat(said()).containsExactly("open on 0");
        assertThat(state.open()).isEqualTo(1);
    }

    @Test
    void whoHasLeftIsNotServed() {
        state = pool(1);
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        ask("b", 0, PLAIN);
        ask("c", 0, PLAIN);
        said();
        assertThat(state.leave("b", 0)).isTrue();
        assertThat(state.leave("b", 0)).isFalse();
        returned("s1");

        assertThat(said()).containsExactly("give s1 to c");
    }

    @Test
    void waitersAreToldOnceAndThenTheirTimeIsOver() {
        state = pool(1);
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        said();
        ask("b", 0, PLAIN);
        now += 200;
        ask("c", 0, PLAIN);
        now += 150;
        state.tick(now * 1_000_000);
        state.tick(now * 1_000_000);
        assertThat(said()).containsExactly("notify b behind 0");
        now += 700;
        state.tick(now * 1_000_000);

        assertThat(said()).containsExactly("timed out b", "notify c behind 0");
        returned("s1");
        assertThat(said()).containsExactly("give s1 to c");
    }

    @Test
    void theOldAndTheUnusedAreClosed() {
        ask("a", 0, PLAIN);
        ask("b", 0, PLAIN);
        opened("s1", 0, PLAIN);
        opened("s2", 0, PLAIN);
        said();
        now = 50_000;
        returned("s1");
        now = 54_000;
        state.tick(now * 1_000_000);
        assertThat(said()).isEmpty();
        now = 55_001;
        state.tick(now * 1_000_000);
        assertThat(said()).as("idle for more than 5 s").containsExactly("close s1");
        now = 60_001;
        returned("s2");
        assertThat(said()).as("older than 60 s").containsExactly("close s2");
        assertThat(state.isEmpty()).isTrue();
    }

    @Test
    void aClosedPoolTurnsAwayAndKeepsNothing() {
        state = pool(1);
        ask("a", 0, PLAIN);
        opened("s1", 0, PLAIN);
        ask("b", 0, PLAIN);
        said();
        state.close();
        ask("c", 0, PLAIN);
        returned("s1");

        assertThat(said()).containsExactly("turn away b", "turn away c", "close s1");
    }
}
