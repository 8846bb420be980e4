package io.penstock.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.control.LimiterEffect.Begin;
import io.penstock.node.control.LimiterEffect.Deny;
import io.penstock.node.control.LimiterEffect.Grant;
import io.penstock.node.control.LimiterEffect.Hold;
import io.penstock.node.control.LimiterEffect.Pause;
import io.penstock.node.control.LimiterEffect.Renew;
import io.penstock.node.control.LimiterEffect.WantSlots;
import io.penstock.node.control.LimiterEvent.Asked;
import io.penstock.node.control.LimiterEvent.Begun;
import io.penstock.node.control.LimiterEvent.Fenced;
import io.penstock.node.control.LimiterEvent.Held;
import io.penstock.node.control.LimiterEvent.Observed;
import io.penstock.node.control.LimiterEvent.Refused;
import io.penstock.node.control.LimiterEvent.Renewed;
import io.penstock.node.control.LimiterEvent.Returned;
import io.penstock.node.control.LimiterEvent.StoreFailed;
import io.penstock.node.control.LimiterEvent.Tick;
import io.penstock.node.control.LimiterState.Phase;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** One test for each row of the tables in {@link LimiterState}. */
class LimiterStateTest {
    private static final long DAY = 86_400_000;
    private static final Map<String, Integer> BURST = Map.of("burst", 1);
    private static final Map<String, Integer> DAILY = Map.of("daily", 1);

    /** A permit of the burst window is valid for 250 ms, and counts from 50 ms later on. */
    private static final LimiterRules RULES = new LimiterRules(
            List.of(new LimiterRules.Window("burst", 10, 10_000, 0), new LimiterRules.Window("daily", 1_000, DAY, 0.1)),
            List.of(new LimiterRules.Slots("concurrent", 4)),
            30_000,
            60_000);

    private LimiterState state = new LimiterState(RULES);

    private long now = 1_000_000;

    @Test
    void whileItStartsTheyWaitAndThenAreServed() {
        assertThat(state.start(now)).containsExactly(new Begin());
        assertThat(on(ask("a", 1, BURST, 2, 0))).isEmpty();
        assertThat(state.phase()).isEqualTo(Phase.STARTING);
        now += 100;
        assertThat(on(new Begun(1, null, null))).containsExactly(new Grant("a", 1, 0, 1, 2, 100, 250));
        assertThat(state.phase()).isEqualTo(Phase.GRANTING);
    }

    @Test
    void aStoreThatIsAwayIsAskedAgainASecondLater() {
        state.start(now);
        assertThat(on(new StoreFailed())).isEmpty();
        now += 1_000;
        assertThat(on(new Tick())).containsExactly(new Begin());
    }

    @Test
    void afterAMoveNothingIsGrantedUntilTheOldOwnersPermitsHaveLeftTheWindow() {
        state.start(now);
        on(new Begun(2, 1_000L, null));
        on(ask("a", 1, BURST, 1, 0, 60_000));
        // The old owner may have granted for 4 s more, the permit may arrive 0.3 s later and counts for 10 s.
        keepLease(14_299);
        assertThat(on(new Tick())).doesNotHaveAnyElementsOfTypes(Grant.class);
        now += 1;
        assertThat(on(new Tick())).hasAtLeastOneElementOfType(Grant.class);
    }

    @Test
    void afterAMoveHalfOfTheSlotsAreForWhatDeadNodesLeftRunning() {
        state.start(now);
        on(new Begun(2, 0L, null));
        assertThat(on(hold("a", 1, 0, 4))).contains(new Hold("a", 1, "concurrent", 2, 0, LimiterState.SLOTS_VALID));
    }

    @Test
    void someMoreIsGrantedWhereItKeepsNobodyWaiting() {
        begin();
        assertThat(on(ask("a", 1, BURST, 2, 64))).containsExactly(new Grant("a", 1, 0, 1, 4, 0, 250));
        assertThat(on(ask("a", 2, BURST, 6, 64))).containsExactly(new Grant("a", 2, 0, 2, 6, 0, 250));
    }

    @Test
    void noMoreIsGrantedOfALongWindowBeforeTheApiHasSaidWhatIsLeft() {
        begin();
        assertThat(on(ask("a", 1, DAILY, 1, 64))).containsExactly(new Grant("a", 1, 0, 1, 1, 0, 250));
        on(new Observed("daily", 1_000, 1_000, null));
        assertThat(on(ask("a", 2, DAILY, 1, 64))).containsExactly(new Grant("a", 2, 0, 2, 65, 0, 250));
    }

    @Test
    void lessThanNeededIsGrantedAndTheRestWaitsInOrder() {
        begin();
        assertThat(on(ask("a", 1, BURST, 12, 0))).containsExactly(new Grant("a", 1, 0, 1, 10, 0, 250));
        assertThat(on(ask("b", 1, BURST, 1, 0))).isEmpty();
        keepLease(10_300);
        assertThat(on(new Tick()))
                .contains(new Grant("a", 1, 0, 2, 2, 10_300, 250), new Grant("b", 1, 0, 3, 1, 10_300, 250));
    }

    @Test
    void askedAgainItKeepsItsPlaceAndItsTimeCountsFromTheLastAttempt() {
        begin();
        on(ask("a", 1, BURST, 10, 0));
        on(ask("b", 7, BURST, 1, 0));
        on(ask("c", 1, BURST, 1, 0));
        now += 2_000;
        on(new Asked("b", 7, 1, BURST, 1, 0, 20_000));
        on(new Renewed());
        keepLease(8_300);
        assertThat(on(new Tick()))
                .containsSubsequence(new Grant("b", 7, 1, 2, 1, 8_300, 250), new Grant("c", 1, 0, 3, 1, 10_300, 250));
    }

    @Test
    void permitsThatComeBackAreFreeAgainAndThoseOfAnotherEpochAreNot() {
        begin();
        on(ask("a", 1, BURST, 10, 0));
        assertThat(on(ask("b", 1, BURST, 3, 0))).isEmpty();
        assertThat(on(new Returned(9, 1, 5))).isEmpty();
        assertThat(on(new Returned(1, 1, 2))).containsExactly(new Grant("b", 1, 0, 2, 2, 0, 250));
    }

    @Test
    void whatTheApiCountsWinsLessTheReserveAndWhatIsOnItsWay() {
        begin();
        on(new Observed("daily", 200, 50, null));
        // 50 left at the API, 20 of them for others.
        assertThat(on(ask("a", 1, DAILY, 40, 0, 120_000))).containsExactly(new Grant("a", 1, 0, 1, 30, 0, 250));
        // The API has not seen those yet.
        on(new Observed("daily", 200, 60, null));
        assertThat(on(ask("b", 1, DAILY, 40, 0, 120_000))).isEmpty();
    }

    @Test
    void aQuotaThatIsUsedUpIsTriedOnceAMinute() {
        begin();
        on(ask("a", 1, DAILY, 1, 0));
        keepLease(5_000);
        on(new Observed("daily", 200, 0, null));
        assertThat(on(ask("a", 2, DAILY, 1, 0, 120_000))).isEmpty();
        keepLease(54_999);
        assertThat(on(new Tick())).doesNotHaveAnyElementsOfTypes(Grant.class);
        now += 1;
        assertThat(on(new Tick())).contains(new Grant("a", 2, 0, 2, 1, 55_000, 250));
    }

    @Test
    void aRefusalClosesTheBucketForAllAndThoseWhoCannotWaitAreDenied() {
        begin();
        assertThat(on(new Refused("burst", 7_000L))).containsExactly(new Pause("burst", 7_000));
        assertThat(on(ask("a", 1, BURST, 1, 0, 6_000))).containsExactly(new Deny("a", 1, "burst", 7_000));
        assertThat(on(ask("b", 1, BURST, 1, 0, 8_000))).isEmpty();
        assertThat(on(ask("c", 1, DAILY, 1, 0))).hasOnlyElementsOfType(Grant.class);
        keepLease(7_000);
        assertThat(on(new Tick())).contains(new Grant("b", 1, 0, 2, 1, 7_000, 250));
    }

    @Test
    void anAbsurdOrMissingTimeIsReplaced() {
        begin();
        assertThat(on(new Refused("burst", null))).containsExactly(new Pause("burst", 30_000));
        assertThat(on(new Refused("burst", Long.MAX_VALUE)))
                .containsExactly(new Pause("burst", LimiterState.LONGEST_PAUSE));
        assertThat(on(new Refused("burst", -1L))).containsExactly(new Pause("burst", 1));
    }

    @Test
    void atItsTimeTheRequestIsDenied() {
        begin();
        on(ask("a", 1, BURST, 10, 0));
        on(ask("b", 1, BURST, 1, 0, 400));
        now += 400;
        assertThat(on(new Tick())).hasAtLeastOneElementOfType(Deny.class);
    }

    @Test
    void aNodesWordAboutItsSlotsIsTakenAndOthersAreAskedToShare() {
        begin();
        assertThat(on(hold("a", 1, 0, 3))).containsExactly(held("a", 1, 0), held("a", 1, 3));
        assertThat(on(hold("b", 1, 0, 2)))
                .containsExactly(held("b", 1, 0), held("b", 1, 1), new WantSlots("concurrent", "b"));
        assertThat(on(hold("a", 2, 1, 0))).containsExactly(held("a", 2, 1), held("b", 1, 2));
    }

    @Test
    void aNodeThatIsSilentLosesItsSlotsWhenItsLongestCallMustBeOver() {
        begin();
        on(hold("a", 1, 0, 4));
        on(hold("b", 1, 0, 1));
        keepLease(69_999);
        assertThat(on(new Tick())).doesNotHaveAnyElementsOfTypes(Hold.class);
        now += 1;
        assertThat(on(new Tick())).contains(new Hold("b", 1, "concurrent", 1, 70_000, LimiterState.SLOTS_VALID));
    }

    @Test
    void aNodeThatHasEndedLosesItsSlotsWhenItsHoldEndsAndWaitsNoMore() {
        begin();
        on(hold("a", 1, 0, 4));
        on(hold("a", 2, 4, 1));
        on(hold("b", 1, 0, 1));
        now += 2_000;
        assertThat(on(new LimiterEvent.Gone("a"))).hasAtLeastOneElementOfType(Renew.class);
        on(new Renewed());
        keepLease(7_999);
        assertThat(on(new Tick())).doesNotHaveAnyElementsOfTypes(Hold.class);
        now += 1;
        assertThat(on(new Tick())).contains(new Hold("b", 1, "concurrent", 1, 10_000, LimiterState.SLOTS_VALID));
    }

    @Test
    void aNodeThatHasEndedWaitsForNoPermits() {
        begin();
        on(ask("a", 1, BURST, 10, 0));
        on(ask("a", 2, BURST, 5, 0));
        on(ask("b", 1, BURST, 1, 0));
        on(new LimiterEvent.Gone("a"));
        assertThat(on(new Returned(1, 1, 1))).containsExactly(new Grant("b", 1, 0, 2, 1, 0, 250));
    }

    @Test
    void withoutALeaseNothingIsGranted() {
        begin();
        on(ask("a", 1, BURST, 1, 0));
        now += LimiterState.LEASE;
        // A pause has the same look: the time is simply over.
        assertThat(on(ask("a", 2, BURST, 1, 0))).hasOnlyElementsOfType(Renew.class);
        assertThat(on(new StoreFailed())).hasOnlyElementsOfType(Renew.class);
        assertThat(on(new Renewed())).hasOnlyElementsOfType(Grant.class);
    }

    @Test
    void whileItGrantsItRenewsItsLease() {
        begin();
        on(ask("a", 1, BURST, 1, 0));
        now += 2_000;
        assertThat(on(new Tick())).hasOnlyElementsOfType(Renew.class);
        on(new Renewed());
        now += LimiterState.LEASE;
        assertThat(on(new Tick())).isEmpty();
    }

    @Test
    void anOldOwnerDeniesAllAndStops() {
        begin();
        on(ask("a", 1, BURST, 10, 0));
        on(ask("b", 1, BURST, 1, 0));
        assertThat(on(new Fenced())).containsExactly(new Deny("b", 1, "moved", 0), new LimiterEffect.Stop());
        assertThat(on(ask("c", 1, BURST, 1, 0))).containsExactly(new Deny("c", 1, "moved", 0));
        assertThat(on(hold("c", 2, 0, 1))).contains(new Deny("c", 2, "moved", 0));
    }

    @Test
    void whatWasGrantedBeforeItLeftCountsForTheNextOwnerAndNothingElseDoes() {
        begin();
        on(ask("a", 1, BURST, 4, 0));
        now += 1_000;
        on(new Refused("daily", 700L));
        LimiterNote note = left();
        assertThat(note.last()).isTrue();

        // On another node, whose clock is another one.
        now += 500_000;
        state = new LimiterState(RULES);
        state.start(now);
        on(ask("a", 2, BURST, 8, 0));
        assertThat(on(new Begun(2, 500L, note))).contains(new Grant("a", 2, 0, 1, 6, 0, 250));
        assertThat(on(ask("b", 1, DAILY, 1, 0))).doesNotHaveAnyElementsOfTypes(Grant.class, Deny.class);
        now += 200;
        assertThat(on(new Tick())).contains(new Grant("b", 1, 0, 2, 1, 200, 250));
        // The first four, granted 1.5 s before the second owner began, leave the window 10.3 s after that.
        keepLease(8_599);
        assertThat(on(new Tick())).doesNotHaveAnyElementsOfTypes(Grant.class);
        now += 11;
        assertThat(on(new Tick())).hasAtLeastOneElementOfType(Grant.class);
    }

    @Test
    void whoHasLeftStopsWhetherItsNoteIsKeptOrNotAndGrantsNothingMeanwhile() {
        for (LimiterEvent end : List.of(new LimiterEvent.Left(), new StoreFailed(), new Fenced())) {
            state = new LimiterState(RULES);
            begin();
            on(ask("a", 1, BURST, 10, 0));
            on(ask("b", 1, BURST, 1, 0));
            assertThat(on(new LimiterEvent.Leaving()))
                    .hasSize(2)
                    .contains(new Deny("b", 1, "moved", 0))
                    .hasAtLeastOneElementOfType(LimiterEffect.Leave.class);
            assertThat(state.phase()).isEqualTo(Phase.LEAVING);
            assertThat(on(ask("c", 1, DAILY, 1, 0))).containsExactly(new Deny("c", 1, "moved", 0));
            assertThat(on(hold("c", 2, 0, 1))).contains(new Deny("c", 2, "moved", 0));
            assertThat(on(new LimiterEvent.Leaving())).isEmpty();
            assertThat(on(end)).containsExactly(new LimiterEffect.Stop());
            assertThat(state.phase()).isEqualTo(Phase.GONE);
        }
    }

    @Test
    void whoHasNotBegunHasNothingToLeave() {
        state.start(now);
        on(ask("a", 1, BURST, 1, 0));
        assertThat(on(new LimiterEvent.Leaving()))
                .containsExactly(new Deny("a", 1, "moved", 0), new LimiterEffect.Stop());
    }

    @Test
    void ofALongWindowEachRenewalNotesWhatWasGrantedForWhoComesAfterACrash() {
        begin();
        on(ask("a", 1, DAILY, 30, 0));
        on(new Observed("daily", 1_000, 500, null));
        now += 2_000;
        LimiterNote note = on(new Tick()).stream()
                .filter(Renew.class::isInstance)
                .map(effect -> ((Renew) effect).note())
                .findFirst()
                .orElseThrow();
        assertThat(note.last()).isFalse();
        assertThat(note.windows()).containsOnlyKeys("daily");

        state = new LimiterState(RULES);
        state.start(now);
        on(new Begun(2, 6_000L, note));
        // The tenth that is for others, and the thirty; what the API said then may have changed since.
        assertThat(on(ask("a", 2, DAILY, 900, 0))).contains(new Grant("a", 2, 0, 1, 870, 0, 250));
        assertThat(on(ask("a", 3, BURST, 1, 0, 60_000))).isEmpty();
    }

    @Test
    void aNoteIsShortHoweverManyGrantsThereWere() {
        begin();
        for (int i = 0; i < 500; i++) {
            if (on(ask("a", i, DAILY, 1, 0)).stream().anyMatch(Renew.class::isInstance)) {
                on(new Renewed());
            }
            keepLease(DAY / 1_000);
        }
        LimiterNote.WindowNote daily = Objects.requireNonNull(left().windows().get("daily"));
        assertThat(daily.spent()).hasSizeLessThanOrEqualTo(100);
        assertThat(daily.spent().stream().mapToLong(LimiterNote.Spent::permits).sum())
                .isEqualTo(500);
        assertThat(daily.spent()).extracting(LimiterNote.Spent::leavesAfter).isSorted();
    }

    /** The note of an owner that leaves. */
    private LimiterNote left() {
        return on(new LimiterEvent.Leaving()).stream()
                .filter(LimiterEffect.Leave.class::isInstance)
                .map(effect -> ((LimiterEffect.Leave) effect).note())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anUnknownBucketIsDenied() {
        begin();
        assertThat(on(ask("a", 1, Map.of("nothing", 1), 1, 0))).hasOnlyElementsOfType(Deny.class);
    }

    private void begin() {
        state.start(now);
        on(new Begun(1, null, null));
    }

    /** Lets time pass as it does for an owner that can reach its store. */
    private void keepLease(long time) {
        long end = now + time;
        while (now + 1_000 < end) {
            now += 1_000;
            if (on(new Tick()).stream().anyMatch(Renew.class::isInstance)) {
                on(new Renewed());
            }
        }
        now = end - 1;
        if (on(new Tick()).stream().anyMatch(Renew.class::isInstance)) {
            on(new Renewed());
        }
        now = end;
    }

    private static Hold held(String node, long request, int slots) {
        return new Hold(node, request, "concurrent", slots, 0, LimiterState.SLOTS_VALID);
    }

    private static LimiterEvent hold(String node, long request, int held, int wanted) {
        return new Held(node, request, "concurrent", held, wanted, 120_000);
    }

    private static LimiterEvent ask(String node, long request, Map<String, Integer> costs, int needed, int extra) {
        return ask(node, request, costs, needed, extra, 20_000);
    }

    private static LimiterEvent ask(
            String node, long request, Map<String, Integer> costs, int needed, int extra, long maxWait) {
        return new Asked(node, request, 0, costs, needed, extra, maxWait);
    }

    private List<LimiterEffect> on(LimiterEvent event) {
        return state.on(event, now);
    }
}
