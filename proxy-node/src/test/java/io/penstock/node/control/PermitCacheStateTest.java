package io.penstock.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.cluster.LimiterReply;
import io.penstock.node.control.PermitEffect.Ask;
import io.penstock.node.control.PermitEffect.Give;
import io.penstock.node.control.PermitEffect.Hold;
import io.penstock.node.control.PermitEffect.Refuse;
import io.penstock.node.control.PermitEffect.Return;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One test for each row of the tables in {@link PermitCacheState}. */
class PermitCacheStateTest {
    private static final Map<String, Integer> COSTS = Map.of("daily", 1);
    private static final String SLOT = "concurrent";

    private final PermitCacheState state = new PermitCacheState();
    private long now = 1_000_000;

    @Test
    void theFirstCallerAsksAndWaitsForPermitAndSlot() {
        List<PermitEffect> effects = on(wanted(1));
        assertThat(effects).hasSize(2);
        Ask ask = only(effects, Ask.class);
        Hold hold = only(effects, Hold.class);
        assertThat(ask).isEqualTo(new Ask(ask.request(), 0, COSTS, 1, 0, 20_000));
        assertThat(hold).isEqualTo(new Hold(hold.request(), SLOT, 0, 1, 20_000));
        assertThat(on(granted(ask, 3))).isEmpty();
        assertThat(on(held(hold, 2))).containsExactly(new Give(1, now + 10_000));
    }

    @Test
    void whatIsInHandIsGivenWithoutAsking() {
        stock(3, 2);
        assertThat(on(wanted(1))).containsExactly(new Give(1, now + 10_000));
        assertThat(on(wanted(2))).containsExactly(new Give(2, now + 10_000));
    }

    @Test
    void aCallThatIsOverLeavesItsSlotToTheNext() {
        stock(3, 1);
        on(wanted(1));
        assertThat(on(wanted(2))).hasOnlyElementsOfType(Hold.class);
        assertThat(on(new PermitEvent.Done(1, true))).contains(new Give(2, now + 10_000));
    }

    @Test
    void anUnusedPermitGoesBackToTheShelf() {
        stock(1, 1);
        on(wanted(1));
        on(new PermitEvent.Done(1, false));
        assertThat(on(wanted(2))).containsExactly(new Give(2, now + 10_000));
    }

    @Test
    void whoGivesUpIsForgottenAndTheNextIsServed() {
        List<PermitEffect> effects = on(wanted(1));
        on(new PermitEvent.Done(1, false));
        on(wanted(2));
        on(granted(only(effects, Ask.class), 1));
        assertThat(on(held(only(effects, Hold.class), 1))).containsExactly(new Give(2, now + 10_000));
    }

    @Test
    void permitsThatHaveEndedGoBackUnused() {
        stock(3, 1);
        now += 10_000;
        assertThat(on(new PermitEvent.Tick())).contains(new Return(1, 1, 1), new Return(1, 1, 2));
    }

    @Test
    void aPermitsTimeCountsFromWhenItWasAskedFor() {
        List<PermitEffect> effects = on(wanted(1));
        now += 400;
        on(held(only(effects, Hold.class), 1));
        assertThat(on(granted(only(effects, Ask.class), 1))).containsExactly(new Give(1, now + 9_600));
    }

    @Test
    void aGrantThatNobodyAskedForGoesBack() {
        assertThat(on(new PermitEvent.Told(new LimiterReply.PermitsGranted(1, 77, 0, 5, 2, 0, 10_000))))
                .containsExactly(new Return(1, 5, 2));
    }

    @Test
    void aQuestionThatStaysUnansweredIsRepeated() {
        Ask ask = only(on(wanted(1)), Ask.class);
        now += PermitShelf.REPEAT;
        assertThat(on(new PermitEvent.Tick())).contains(new Ask(ask.request(), 1, COSTS, 1, 0, 18_000));
    }

    @Test
    void aDenialEndsTheWaitOfThoseWhoseTimeEndsBefore() {
        Ask ask = only(on(wanted(1)), Ask.class);
        LimiterReply denied = new LimiterReply.Denied(1, ask.request(), "daily", 20_000);
        assertThat(on(new PermitEvent.Told(denied))).contains(new Refuse(1, "daily", 20_000));
    }

    @Test
    void aDenialThatEndsInTimeIsAskedAgain() {
        Ask ask = only(on(wanted(1)), Ask.class);
        LimiterReply denied = new LimiterReply.Denied(1, ask.request(), "daily", 5_000);
        assertThat(only(on(new PermitEvent.Told(denied)), Ask.class).request()).isNotEqualTo(ask.request());
    }

    @Test
    void atItsTimeACallerIsRefused() {
        on(wanted(1));
        now += 20_000;
        assertThat(on(new PermitEvent.Tick())).contains(new Refuse(1, "", 0));
    }

    @Test
    void idleSlotsGoBackWhenOthersWantThem() {
        stock(1, 3);
        assertThat(on(new PermitEvent.Told(new LimiterReply.SlotsWanted(1, SLOT))))
                .hasSize(1)
                .allSatisfy(effect -> assertThat(((Hold) effect).held()).isZero());
    }

    @Test
    void idleSlotsGoBackByThemselves() {
        stock(1, 3);
        now += 1_500;
        assertThat(only(on(new PermitEvent.Tick()), Hold.class).held()).isZero();
    }

    @Test
    void slotsInUseAreSaidAgainBeforeTheHoldEnds() {
        stock(1, 1);
        on(wanted(1));
        now += 3_000;
        assertThat(only(on(new PermitEvent.Tick()), Hold.class).held()).isEqualTo(1);
    }

    @Test
    void whileTheBucketIsClosedNothingIsGiven() {
        stock(3, 3);
        on(new PermitEvent.Refused("daily", 1_000));
        assertThat(on(wanted(1))).doesNotHaveAnyElementsOfTypes(Give.class);
        now += 1_000;
        assertThat(on(new PermitEvent.Tick())).contains(new Give(1, now + 9_000));
    }

    @Test
    void whenTheNodeEndsEverythingGoesBack() {
        stock(3, 2);
        on(wanted(1));
        on(wanted(2));
        on(wanted(3));
        List<PermitEffect> effects = on(new PermitEvent.Ended());
        assertThat(effects).contains(new Refuse(3, "", 0));
        assertThat(effects.stream()
                        .filter(Return.class::isInstance)
                        .mapToInt(effect -> ((Return) effect).unused())
                        .sum())
                .isEqualTo(1);
        assertThat(only(effects, Hold.class)).satisfies(hold -> {
            assertThat(hold.held()).isZero();
            assertThat(hold.wanted()).isZero();
        });
    }

    @Test
    void anOldOwnerIsNotHeard() {
        stock(0, 0);
        on(new PermitEvent.Told(new LimiterReply.Paused(5, "other", 1)));
        List<PermitEffect> effects = on(wanted(1));
        on(held(only(effects, Hold.class), 1, 5));
        assertThat(on(granted(only(effects, Ask.class), 1))).isEmpty();
        assertThat(state.waiting()).isEqualTo(1);
    }

    /** So many permits and slots in hand, by way of a caller that did not use its own. */
    private void stock(int permits, int slots) {
        if (permits == 0) {
            return;
        }
        List<PermitEffect> effects = on(wanted(99));
        on(granted(only(effects, Ask.class), permits));
        on(held(only(effects, Hold.class), slots));
        on(new PermitEvent.Done(99, false));
    }

    private static PermitEvent wanted(long caller) {
        return new PermitEvent.Wanted(caller, COSTS, Set.of(SLOT), 20_000);
    }

    private static PermitEvent granted(Ask ask, int count) {
        return new PermitEvent.Told(
                new LimiterReply.PermitsGranted(1, ask.request(), ask.attempt(), 1, count, 0, 10_000));
    }

    private static PermitEvent held(Hold hold, int slots) {
        return held(hold, slots, 1);
    }

    private static PermitEvent held(Hold hold, int slots, long epoch) {
        return new PermitEvent.Told(new LimiterReply.SlotsHeld(epoch, hold.request(), SLOT, slots, 0, 10_000));
    }

    private static <T> T only(List<PermitEffect> effects, Class<T> type) {
        List<T> found =
                effects.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private List<PermitEffect> on(PermitEvent event) {
        return state.on(event, now);
    }
}
