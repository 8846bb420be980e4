package io.penstock.node.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import io.penstock.config.ApiSettings;
import io.penstock.config.ApiType;
import io.penstock.config.BudgetSettings;
import io.penstock.config.OAuthSettings;
import io.penstock.config.Secret;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiGateway;
import io.penstock.node.api.Classifier;
import io.penstock.node.api.Prepared;
import io.penstock.node.api.SendOutcome;
import io.penstock.node.journal.ApiTable;
import io.penstock.node.journal.FakeCrm;
import io.penstock.protocol.error.ErrorCode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lost request is looked for while its statement may wait. */
class ResolverTest {
    /** Enough for looks after 0, 100, 300 and 700 ms. */
    private static final Duration WITHIN = Duration.ofSeconds(1);

    private static final Duration QUEUE = Duration.ofSeconds(30);

    private final FakeCrm crm = new FakeCrm();
    private final Account account = new Account(
            new ApiSettings(
                    "crm",
                    ApiType.SALESFORCE,
                    URI.create("http://127.0.0.1"),
                    null,
                    "62.0",
                    null,
                    new OAuthSettings("", Secret.of("unused"), Secret.of("unused"), null),
                    new BudgetSettings(1, null, Duration.ofSeconds(1), null, 0, QUEUE),
                    new ApiSettings.Timeouts(QUEUE, QUEUE, QUEUE, null)),
            crm);
    private final Mutation mutation = new Mutation(
            UUID.randomUUID(),
            Operation.INSERT,
            FakeCrm.CONTACTS,
            List.of(new RowChange(0, null, JsonNodeFactory.instance.objectNode().put("name", "Paul"))));
    private final SkippingTimer timer = new SkippingTimer();
    private final Gateway gateway = new Gateway();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private MutationEvent resolved() {
        crm.serverTimeout(Duration.ofMinutes(1));
        MutationEvent event = new Resolver(gateway, account, timer, timer.clock(), WITHIN)
                .resolve(mutation, timer.clock().instant())
                .toCompletableFuture()
                .join();
        assertThat(gateway.open).as("what was prepared and not closed").isZero();
        return event;
    }

    /** The lost request comes to the API right before its nth look. */
    private void arrivesBeforeLook(int look) {
        AtomicInteger looks = new AtomicInteger();
        crm.beforeRead(() -> {
            if (looks.incrementAndGet() == look) {
                crm.apply(mutation);
            }
        });
    }

    @Test
    void whatTheApiShowsIsFoundAtOnce() {
        crm.apply(mutation);

        assertThat(resolved()).isInstanceOf(MutationEvent.FoundApplied.class);
        assertThat(timer.waits()).isEmpty();
    }

    @Test
    void whatComesLateIsFoundByAnotherLook() {
        arrivesBeforeLook(4);

        assertThat(resolved()).isInstanceOf(MutationEvent.FoundApplied.class);
        assertThat(timer.waits()).containsExactly(100L, 200L, 400L);
    }

    @Test
    void whatDoesNotShowInTimeIsUnknown() {
        arrivesBeforeLook(5);

        assertThat(resolved())
                .isEqualTo(new MutationEvent.StillUnknown("the API does not show the change, or not yet"));
        assertThat(timer.waits()).as("another 800 ms would be too long").containsExactly(100L, 200L, 400L);
    }

    @Test
    void anApiThatDoesNotAnswerIsAskedAgain() {
        crm.apply(mutation);
        crm.down(true);

        assertThat(resolved()).isEqualTo(new MutationEvent.StillUnknown("the API could not be asked"));
        assertThat(timer.waits()).containsExactly(100L, 200L, 400L);
    }

    /** A busy account's statement was told that its outcome is unknown, though the next window of the limit would have had a call for it. */
    @Test
    void waitingForAPermitTakesNothingOfTheTimeToLook() {
        arrivesBeforeLook(4);
        gateway.holdUps.addAll(List.of(Duration.ofSeconds(9), Duration.ofSeconds(9), Duration.ofSeconds(9)));

        assertThat(resolved()).isInstanceOf(MutationEvent.FoundApplied.class);
        assertThat(gateway.patience).hasSize(4).containsOnly(QUEUE);
    }

    @Test
    void withoutAPermitTheApiCouldNotBeAsked() {
        gateway.refuses = true;

        assertThat(resolved()).isEqualTo(new MutationEvent.StillUnknown("the API could not be asked"));
        assertThat(timer.waits()).containsExactly(100L, 200L, 400L);
    }

    /** A gateway to the CRM, whose limits hold up what a test says. */
    private final class Gateway implements ApiGateway {
        private final List<Duration> holdUps = new ArrayList<>();
        private final List<Duration> patience = new ArrayList<>();
        private final ApiTable table = crm.table(FakeCrm.CONTACTS);
        private int open;
        private boolean refuses;

        @Override
        public Preparation prepare(Account account, List<ApiCall> calls, Duration within) {
            patience.add(within);
            if (!holdUps.isEmpty()) {
                timer.pass(holdUps.removeFirst());
            }
            Readiness readiness = refuses
                    ? new Readiness.Refused(ErrorCode.API_RATE_LIMITED.error("crm"))
                    : new Readiness.Ready(new Reads());
            return new Preparation() {
                @Override
                public CompletionStage<Readiness> readiness() {
                    return CompletableFuture.completedFuture(readiness);
                }

                @Override
                public void cancel() {
                    throw new IllegalStateException("nobody cancels a look");
                }
            };
        }

        @Override
        public List<LimitFeedback> lastFeedback(Account account) {
            return List.of();
        }

        private final class Reads implements Prepared {
            Reads() {
                open++;
            }

            @Override
            public CompletionStage<SendOutcome> send(ApiCall call, Classifier classifier) {
                CompletableFuture<ApiResponse> answer =
                        table.api().send(call, classifier).toCompletableFuture();
                return answer.handle((response, failure) -> failure == null
                        ? new SendOutcome.Response(response)
                        : new SendOutcome.Lost("the connection broke"));
            }

            @Override
            public void close() {
                open--;
            }
        }
    }
}
