package io.penstock.node.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Body;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import io.penstock.node.api.Classifier;
import io.penstock.node.api.Prepared;
import io.penstock.node.api.SendOutcome;
import io.penstock.node.journal.FakeCrm;
import io.penstock.node.journal.KeyedCrm;
import io.penstock.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A request whose answer was lost is sent again by its key, for as long as its statement may wait. */
class ResendingTest {
    /** Enough for sends after 100, 300 and 700 ms. */
    private static final Duration WITHIN = Duration.ofSeconds(1);

    private static final Verdict.Answered APPLIED =
            new Verdict.Answered(List.of(new RowOutcome.Applied(0, "id0", null)));

    private final KeyedCrm crm = new KeyedCrm();
    private final Mutation mutation = new Mutation(
            UUID.randomUUID(),
            Operation.INSERT,
            FakeCrm.CONTACTS,
            List.of(new RowChange(0, null, JsonNodeFactory.instance.objectNode().put("name", "Paul"))));
    private final ApiCall call = KeyedCrm.calls(mutation).getFirst();
    private final Script script = new Script();
    private final SkippingTimer timer = new SkippingTimer();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    /** A gateway that gives one outcome after the other, and notes what the classifier says of each. */
    private static final class Script implements Prepared {
        private final Deque<SendOutcome> outcomes = new ArrayDeque<>();
        private final List<@Nullable Failure> classified = new ArrayList<>();
        private int sent;

        @Override
        public CompletionStage<SendOutcome> send(ApiCall sending, Classifier classifier) {
            sent++;
            SendOutcome outcome = outcomes.removeFirst();
            if (outcome instanceof SendOutcome.Response(ApiResponse response)) {
                classified.add(classifier.failure(response));
            }
            return CompletableFuture.completedFuture(outcome);
        }

        @Override
        public void close() {
            throw new IllegalStateException("who has prepared it closes it");
        }
    }

    private SendOutcome.Response answer(Verdict verdict) {
        return new SendOutcome.Response(crm.means(verdict));
    }

    private MutationEvent resent() {
        return new Resending(crm, script, mutation, call, timer, timer.clock())
                .resend(WITHIN)
                .toCompletableFuture()
                .join();
    }

    @Test
    void itsAnswerIsThatOfTheLostRequest() {
        script.outcomes.add(answer(APPLIED));

        assertThat(resent()).isEqualTo(new MutationEvent.Answered(APPLIED));
        assertThat(timer.waits()).containsExactly(100L);
        assertThat(script.classified).containsExactly((Failure) null);
    }

    @Test
    void aRefusalIsThatOfTheLostRequest() {
        Failure refused = new Failure.RequestRejected(
                new Rejection(ErrorClass.DUPLICATE, 0, "email", "taken", "It is there already."));
        script.outcomes.add(answer(refused));

        assertThat(resent()).isEqualTo(new MutationEvent.Answered(refused));
        assertThat(script.sent).isEqualTo(1);
    }

    private Stream<Map.Entry<SendOutcome, String>> whatSaysNothing() {
        return Stream.of(
                Map.entry(
                        answer(new Failure.RateLimited("account", null, "Too many requests.")),
                        "the API refuses to look at it now"),
                Map.entry(answer(new Failure.TokenExpired()), "the API refuses the token"),
                Map.entry(answer(new Failure.AuthRevoked("The key has been rolled.")), "the API refuses the token"),
                Map.entry(answer(new Failure.Unavailable("Back soon.")), "the API is not able to say it now"),
                Map.entry(answer(new Failure.UnknownOutcome("status 500")), "status 500"),
                Map.entry(
                        new SendOutcome.NotSent(ErrorCode.API_UNREACHABLE.error("crm")),
                        "the API cannot be reached now"),
                Map.entry(new SendOutcome.Lost("no whole answer in time"), "no whole answer in time"));
    }

    /** A limit or a token that is refused says nothing about an earlier copy of the request. */
    @TestFactory
    Stream<DynamicTest> whatSaysNothingOfTheLostRequestIsFollowedByAnother() {
        return whatSaysNothing()
                .map(nothing -> DynamicTest.dynamicTest(nothing.getValue(), () -> {
                    script.outcomes.addAll(List.of(nothing.getKey(), nothing.getKey(), answer(APPLIED)));
                    timer.waits().clear();

                    assertThat(resent()).isEqualTo(new MutationEvent.Answered(APPLIED));
                    assertThat(timer.waits()).containsExactly(100L, 200L, 400L);
                    assertThat(script.outcomes).isEmpty();
                }));
    }

    @TestFactory
    Stream<DynamicTest> itIsUnknownWhenTheTimeIsOver() {
        return whatSaysNothing()
                .map(nothing -> DynamicTest.dynamicTest(nothing.getValue(), () -> {
                    script.outcomes.addAll(List.of(nothing.getKey(), nothing.getKey(), nothing.getKey()));
                    timer.waits().clear();

                    assertThat(resent()).isEqualTo(new MutationEvent.StillUnknown(nothing.getValue()));
                    assertThat(timer.waits())
                            .as("another 800 ms would be too long")
                            .containsExactly(100L, 200L, 400L);
                    assertThat(script.outcomes).isEmpty();
                }));
    }

    @Test
    void theGatewayIsToldOfRefusedTokensAndLimits() {
        Failure limited = new Failure.RateLimited("account", Duration.ofSeconds(1), "Too many requests.");
        script.outcomes.addAll(List.of(answer(limited), answer(new Failure.TokenExpired()), answer(APPLIED)));

        resent();

        assertThat(script.classified).containsExactly(limited, new Failure.TokenExpired(), null);
    }

    @Test
    void withoutAKeyNothingIsSentAgain() {
        ApiCall keyless =
                new ApiCall("POST", "/contacts", Map.of(), new Body.Empty(), List.of(0), List.of(), null, true);

        assertThatThrownBy(() -> new Resending(crm, script, mutation, keyless, timer, timer.clock()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a second change");
    }
}
