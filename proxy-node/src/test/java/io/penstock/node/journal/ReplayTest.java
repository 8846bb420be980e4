package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** C-08: the requests of an INSERT are sent once more, to an API that knows them by their keys. */
class ReplayTest {
    private static final Rejection REJECTION =
            new Rejection(ErrorClass.FORMAT, 0, "email", "email_invalid", "Invalid email address.");

    private final KeyedCrm crm = new KeyedCrm();
    private final Deque<CompletionStage<ApiResponse>> answers = new ArrayDeque<>();
    private final List<String> sent = new ArrayList<>();
    private final ApiTable table =
            new ApiTable(FakeCrm.CONTACTS_WITHOUT_CORRELATION, crm, (call, _) -> answer(call), Duration.ofSeconds(10));
    private final Mutation mutation = Mutations.of(
            Operation.INSERT,
            new RowChange(0, null, Mutations.values("Paul", "p")),
            new RowChange(1, null, Mutations.values("Chani", "c")),
            new RowChange(2, null, Mutations.values("Alia", "a")));

    private CompletionStage<ApiResponse> answer(ApiCall call) {
        sent.add(String.valueOf(call.idempotencyKey()));
        return answers.removeFirst();
    }

    private void answers(Verdict... verdicts) {
        for (Verdict verdict : verdicts) {
            answers.add(CompletableFuture.completedStage(crm.means(verdict)));
        }
    }

    private static ObjectNode row(int ordinal) {
        return JournalJson.object().put("id", "id" + ordinal);
    }

    private static Verdict applied(int ordinal) {
        return new Verdict.Answered(List.of(new RowOutcome.Applied(ordinal, "id" + ordinal, row(ordinal))));
    }

    private Finding replayed() throws Exception {
        return Replay.of(table, mutation);
    }

    private void assertSent(int calls) {
        assertThat(sent)
                .containsExactlyElementsOf(Stream.iterate(0, n -> n + 1)
                        .limit(calls)
                        .map(mutation::correlation)
                        .toList());
        assertThat(answers).isEmpty();
    }

    @Test
    void itIsPossibleWhereTheApiKnowsKeysAndForAsLongAsItKeepsThem() {
        assertThat(Replay.isPossible(table, mutation, Duration.ofHours(-1))).isTrue();
        assertThat(Replay.isPossible(table, mutation, Duration.ofHours(23).minusMillis(1)))
                .isTrue();
        assertThat(Replay.isPossible(table, mutation, Duration.ofHours(23)))
                .as("a key that the API has forgotten makes a second row")
                .isFalse();
        crm.idempotency(Capabilities.Idempotency.NATURAL);
        assertThat(Replay.isPossible(table, mutation, Duration.ZERO)).isFalse();
        crm.idempotency(Capabilities.Idempotency.NONE);
        assertThat(Replay.isPossible(table, mutation, Duration.ZERO)).isFalse();
    }

    @Test
    void eachRequestIsSentByItsKeyAndSaysWhatHasBecomeOfIt() throws Exception {
        answers(
                applied(0),
                new Verdict.Answered(List.of(new RowOutcome.Applied(1, "id1", null))),
                new Verdict.Answered(List.of(new RowOutcome.Rejected(2, REJECTION))));

        assertThat(replayed())
                .isEqualTo(new Finding.Found(
                        new Answer(List.of(new AnswerRow.Present(0, "id0", row(0)), new AnswerRow.KeyOnly(1, "id1"))),
                        1));
        assertSent(3);
    }

    @Test
    void itEndsAtTheFirstRefusalAsTheStatementWouldHave() throws Exception {
        answers(applied(0), new Failure.RequestRejected(REJECTION));

        assertThat(replayed())
                .isEqualTo(new Finding.Found(new Answer(List.of(new AnswerRow.Present(0, "id0", row(0)))), 2));
        assertSent(2);
    }

    @Test
    void nothingIsFoundWhereTheFirstIsRefused() throws Exception {
        answers(new Failure.RequestRejected(REJECTION));

        assertThat(replayed()).isEqualTo(new Finding.Absent());
        assertSent(1);
    }

    /** What is known of earlier rows is asked for again, so nothing is lost by saying nothing. */
    @TestFactory
    Stream<DynamicTest> nothingIsConcludedWhereTheApiDoesNotLookAtIt() {
        return Stream.of(
                        new Failure.RateLimited("account", Duration.ofSeconds(1), "Too many requests."),
                        new Failure.TokenExpired(),
                        new Failure.AuthRevoked("The key has been rolled."),
                        new Failure.Unavailable("Back soon."),
                        // What Stripe keeps of a request that failed: with this key it will always be so.
                        new Failure.UnknownOutcome("status 500"),
                        // And of one that came with another body, or is still under way.
                        new Failure.UnknownOutcome("idempotency_error"))
                .map(failure -> DynamicTest.dynamicTest(failure.toString(), () -> {
                    sent.clear();
                    answers(applied(0), failure);

                    assertThat(replayed())
                            .isEqualTo(new Finding.Unclear(
                                    switch (failure) {
                                        case Failure.RateLimited limited -> limited.message();
                                        case Failure.TokenExpired _ -> "the API refuses the token";
                                        case Failure.AuthRevoked revoked -> revoked.message();
                                        case Failure.Unavailable unavailable -> unavailable.message();
                                        case Failure.UnknownOutcome unknown -> unknown.reason();
                                        case Failure.RequestRejected _ -> "";
                                    }));
                    assertSent(2);
                }));
    }

    @Test
    void nothingIsSentWhereItCanNoLongerBePlanned() throws Exception {
        crm.refusePlans();

        assertThat(replayed()).isEqualTo(new Finding.Unclear("its requests can no longer be planned"));
        assertSent(0);
    }

    @Test
    void anApiThatCannotBeReachedIsForTheRecoveryToWaitFor() {
        answers.add(CompletableFuture.failedStage(new ReadFailed("crm is unavailable", null)));

        assertThatThrownBy(this::replayed).isInstanceOf(ReadFailed.class).hasMessage("crm is unavailable");
        assertSent(1);
    }
}
