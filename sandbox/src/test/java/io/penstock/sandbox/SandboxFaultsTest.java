package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.server.FaultMatch;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults on demand: what the client sees, and whether the request was applied all the same. */
class SandboxFaultsTest {
    private static final String CONTACT = "{\"LastName\":\"Faulty\"}";

    private final SalesforceSandbox sandbox =
            SalesforceSandbox.start(SalesforceConfig.defaults().withData(0, 0));
    private final SalesforceClient client = new SalesforceClient(sandbox);

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    private Answer create() {
        return client.post("/sobjects/Contact", CONTACT);
    }

    private void assertApplied(boolean applied) {
        assertThat(sandbox.objects("Contact")).hasSize(applied ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void aStatusBeforeTheCommit(int status) {
        sandbox.faults().next(new Fault.Status(status, Moment.BEFORE_COMMIT));
        Answer answer = create();
        assertThat(answer.status()).isEqualTo(status);
        assertApplied(false);
        assertThat(create().status()).isEqualTo(201);
    }

    @Test
    void aStatusThatLies() {
        sandbox.faults().next(new Fault.Status(503, Moment.AFTER_COMMIT));
        assertThat(create().at("/0/errorCode")).isEqualTo("SERVER_UNAVAILABLE");
        assertApplied(true);
    }

    @ParameterizedTest
    @EnumSource
    void aDroppedConnection(Moment moment) {
        sandbox.faults().next(new Fault.Drop(moment));
        assertThatThrownBy(this::create).isInstanceOf(UncheckedIOException.class);
        assertApplied(moment == Moment.AFTER_COMMIT);
        assertThat(sandbox.dataRequests().getFirst().status()).isZero();
        assertThat(sandbox.dataRequests().getFirst().fault()).startsWith("drop");
    }

    @ParameterizedTest
    @EnumSource
    void aResetConnection(Moment moment) {
        sandbox.faults().next(new Fault.Reset(moment));
        assertThatThrownBy(this::create).rootCause().hasMessageContaining("reset");
        assertApplied(moment == Moment.AFTER_COMMIT);
    }

    @Test
    void halfABody() {
        sandbox.faults().next(new Fault.HalfBody());
        assertThatThrownBy(this::create).isInstanceOf(UncheckedIOException.class);
        assertApplied(true);
    }

    @Test
    void aContentLengthThatCutsTheBody() {
        sandbox.faults().next(new Fault.WrongLength());
        assertThatThrownBy(this::create)
                .hasRootCauseInstanceOf(com.fasterxml.jackson.core.JsonProcessingException.class);
        assertApplied(true);
    }

    @Test
    void aPageOfHtml() {
        sandbox.faults().next(new Fault.HtmlPage());
        Answer answer = create();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("text/html");
        assertApplied(true);
    }

    @Test
    void jsonThatIsNone() {
        sandbox.faults().next(new Fault.InvalidJson());
        assertThatThrownBy(this::create)
                .hasRootCauseInstanceOf(com.fasterxml.jackson.core.JsonProcessingException.class);
        assertApplied(true);
    }

    @Test
    void jsonThatIsHuge() {
        sandbox.faults().next(new Fault.HugeJson(3 << 20));
        assertThat(create().response().body()).hasSize(3 << 20);
        assertApplied(true);
    }

    @ParameterizedTest
    @EnumSource
    void aHangEndsInTheRightAnswer(Moment moment) {
        sandbox.faults().next(new Fault.Hang(Duration.ofMillis(150), moment));
        assertThat(create().status()).isEqualTo(201);
        assertThat(sandbox.dataRequests().getFirst().milliseconds()).isGreaterThanOrEqualTo(149);
        assertApplied(true);
    }

    @Test
    void latencyOfAllRequestsAndOfOne() {
        sandbox.latency(Duration.ofMillis(40));
        create();
        assertThat(sandbox.dataRequests().getFirst().milliseconds()).isGreaterThanOrEqualTo(39);
        sandbox.faults().next(new Fault.Latency(Duration.ofMillis(60)));
        create();
        assertThat(sandbox.dataRequests().get(1).milliseconds()).isGreaterThanOrEqualTo(99);
    }

    @Test
    void aRuleStrikesOnlyWhatItNames() {
        Fault busy = new Fault.Status(503, Moment.BEFORE_COMMIT);
        sandbox.faults().next(2, FaultMatch.method("POST").withObject("Contact"), busy);
        assertThat(client.post("/sobjects/Account", "{\"Name\":\"A\"}").status())
                .isEqualTo(201);
        assertThat(client.query("SELECT Id FROM Contact").status()).isEqualTo(200);
        assertThat(create().status()).isEqualTo(503);
        assertThat(client.post(
                                "/composite/sobjects",
                                "{\"records\":[{\"attributes\":{\"type\":\"Contact\"},\"LastName\":\"A\"}]}")
                        .status())
                .isEqualTo(503);
        assertThat(create().status()).isEqualTo(201);
        assertThat(sandbox.faults().waiting()).isZero();
    }

    @Test
    void aRuleWithoutAPathLeavesTokensAlone() {
        sandbox.faults().always(FaultMatch.ANY, new Fault.Status(503, Moment.BEFORE_COMMIT));
        try (SalesforceClient another = new SalesforceClient(sandbox)) {
            assertThat(another.get("/limits").status()).isEqualTo(503);
            assertThat(another.get("/limits").status()).isEqualTo(503);
            sandbox.faults().clear();
            assertThat(another.get("/limits").status()).isEqualTo(200);
        }
        sandbox.faults().next(FaultMatch.path("/oauth2/token"), new Fault.Status(503, Moment.BEFORE_COMMIT));
        assertThat(client.token(java.util.Map.of()).status()).isEqualTo(503);
    }
}
