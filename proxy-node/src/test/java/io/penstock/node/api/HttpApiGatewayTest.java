package io.penstock.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Body;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Failure;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.salesforce.SalesforceAdapter;
import io.penstock.adapters.salesforce.SalesforceSettings;
import io.penstock.config.ApiSettings;
import io.penstock.config.ApiType;
import io.penstock.config.BudgetSettings;
import io.penstock.config.ClusterSettings;
import io.penstock.config.Endpoint;
import io.penstock.config.OAuthSettings;
import io.penstock.config.Secret;
import io.penstock.config.cluster.ClusterWiring;
import io.penstock.node.api.ApiGateway.Preparation;
import io.penstock.node.api.ApiGateway.Readiness;
import io.penstock.node.control.ControlMetrics;
import io.penstock.node.control.ControlPlane;
import io.penstock.node.control.MemoryCredentialStore;
import io.penstock.node.control.MemoryEpochStore;
import io.penstock.protocol.error.PgError;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole way: permits and tokens by sharded entities in a cluster of one, HTTP to the Salesforce sandbox. */
class HttpApiGatewayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ApiCall QUERY = new ApiCall(
            "GET",
            "/services/data/v62.0/query?q=SELECT+Id+FROM+Contact",
            Map.of(),
            Body.EMPTY,
            List.of(),
            List.of(new PermitCost("daily", 1), new PermitCost("concurrent", 1)),
            null,
            false);
    private static final TableMapping CONTACTS = new TableMapping(
            "salesforce",
            "contacts",
            "Contact",
            "id",
            List.of(new ColumnMapping("id", "Id", ColumnType.TEXT, false, false, false, null)),
            null,
            null,
            new RowLimits(200, 200, 200),
            null,
            Map.of());

    private final SalesforceSandbox sandbox = SalesforceSandbox.start(
            SalesforceConfig.defaults().withTokens(new SalesforceConfig.Tokens(Duration.ofHours(2), 0, true)));
    private final SalesforceAdapter adapter = new SalesforceAdapter(SalesforceSettings.DEFAULT);
    private final Classifier classifier =
            Classifier.reading(response -> adapter.parsePage(CONTACTS, adapter.list(CONTACTS, null), response));
    private final MemoryCredentialStore credentials = new MemoryCredentialStore();
    private final ControlMetrics metrics = new ControlMetrics(new PrometheusRegistry());
    private final ApiClient client = new ApiClient(Duration.ofSeconds(2));
    private final ClusterSettings cluster = new ClusterSettings(new Endpoint("127.0.0.1", 0), List.of());
    private final ActorTestKit kit = ActorTestKit.create(
            ClusterWiring.SYSTEM,
            ConfigFactory.parseString("pekko.actor.serialize-messages = on")
                    .withFallback(ClusterWiring.config(cluster)));

    @BeforeEach
    void join() {
        ClusterWiring.join(kit.system(), cluster);
        Awaitility.await()
                .until(() -> Cluster.get(kit.system()).selfMember().status().equals(MemberStatus.up()));
    }

    @AfterEach
    void close() {
        ActorTestKit.shutdown(kit.system(), Duration.ofSeconds(60));
        client.close();
        sandbox.close();
    }

    /** Catalogue K-07 on one node. */
    @Test
    void twoHundredCallsWithAnEndedTokenCostOneRefreshEvery() {
        Account account = account(20);
        ApiGateway gateway = gateway(account);
        assertThat(status(call(gateway, account))).isEqualTo(200);
        assertThat(metrics.refreshes("crm")).isEqualTo(1);

        for (int round = 2; round <= 4; round++) {
            sandbox.expireTokens();
            List<CompletableFuture<SendOutcome>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                calls.add(call(gateway, account));
            }
            assertThat(calls).allSatisfy(each -> assertThat(status(each)).isEqualTo(200));
            assertThat(tokenRequests()).isEqualTo(round);
            assertThat(credentials.stored()).hasSize(round);
        }
        assertThat(metrics.calls("crm", "answered")).isGreaterThanOrEqualTo(601);
    }

    @Test
    void inSteadyStateNobodyIsAsked() {
        Account account = account(20);
        ApiGateway gateway = gateway(account);
        for (int i = 0; i < 100; i++) {
            assertThat(status(call(gateway, account))).isEqualTo(200);
        }
        double before = metrics.questions("crm", "limiter");

        for (int i = 0; i < 200; i++) {
            assertThat(status(call(gateway, account))).isEqualTo(200);
        }

        assertThat(metrics.questions("crm", "keeper")).isEqualTo(1);
        assertThat(metrics.questions("crm", "limiter") - before).isLessThan(40);
        assertThat(gateway.lastFeedback(account)).isNotEmpty();
    }

    @Test
    void aRevokedGrantIsSaidAndNotTriedAgain() {
        Account account = account(20, "of-somebody-else");
        ApiGateway gateway = gateway(account);

        for (int i = 0; i < 3; i++) {
            PgError error = refusal(gateway.prepare(account, List.of(QUERY), PATIENCE));
            assertThat(error.sqlState()).isEqualTo("HV00N");
            assertThat(error.hint()).contains("Authorise the account again");
            assertThat(error.constraint()).isEqualTo("salesforce:invalid_grant");
        }
        assertThat(tokenRequests()).isEqualTo(1);
    }

    @Test
    void aWaitForAPermitCanBeCancelledAndTheNextGetsIt() {
        Account account = account(1);
        ApiGateway gateway = gateway(account);
        Prepared first = prepared(gateway.prepare(account, List.of(QUERY), PATIENCE));
        Preparation second = gateway.prepare(account, List.of(QUERY), PATIENCE);

        second.cancel();

        assertThat(refusal(second).sqlState()).isEqualTo("57014");
        Preparation third = gateway.prepare(account, List.of(QUERY), PATIENCE);
        first.close();
        prepared(third).close();
        assertThat(sandbox.dataRequests()).isEmpty();
    }

    @Test
    void withoutAPermitInTimeTheStatementFailsWithNothingSent() {
        Account account = account(1);
        ApiGateway gateway = gateway(account);
        try (Prepared first = prepared(gateway.prepare(account, List.of(QUERY), PATIENCE))) {
            assertThat(first).isNotNull();
            PgError error = refusal(gateway.prepare(account, List.of(QUERY), Duration.ofMillis(200)));

            assertThat(error.sqlState()).isEqualTo("53400");
        }
        assertThat(sandbox.dataRequests()).isEmpty();
    }

    @Test
    void aQuotaThatIsUsedUpIsBelievedAtOnceByTheNextCall() {
        Account account = account(20);
        ApiGateway gateway = gateway(account);
        assertThat(status(call(gateway, account))).isEqualTo(200);
        sandbox.limit(100, 100);

        SendOutcome refused = join(call(gateway, account, Duration.ofSeconds(2)));

        assertThat(refused)
                .isInstanceOfSatisfying(
                        SendOutcome.Response.class,
                        answer -> assertThat(classifier.failure(answer.response()))
                                .isInstanceOf(Failure.RateLimited.class));
        int requests = sandbox.dataRequests().size();
        assertThat(refusal(gateway.prepare(account, List.of(QUERY), Duration.ofSeconds(1)))
                        .sqlState())
                .isEqualTo("53400");
        assertThat(sandbox.dataRequests()).hasSize(requests);
    }

    private ApiGateway gateway(Account account) {
        LoginClient login = new LoginClient(client, account, metrics);
        AuthDescriptor auth = adapter.auth();
        ControlPlane plane = ControlPlane.start(
                kit.system(),
                List.of(new ControlPlane.AccountControl(
                        account.settings(),
                        adapter.buckets(),
                        auth instanceof AuthDescriptor.OAuthRefresh oauth ? oauth.refreshBefore() : null,
                        credentials,
                        new MemoryEpochStore(),
                        login::refresh)),
                metrics,
                ControlPlane.CLOCK);
        return new HttpApiGateway(client, plane, metrics);
    }

    private Account account(int concurrency) {
        return account(concurrency, sandbox.config().login().refreshToken());
    }

    private Account account(int concurrency, String refreshToken) {
        SalesforceConfig.Login login = sandbox.config().login();
        return new Account(
                new ApiSettings(
                        "crm",
                        ApiType.SALESFORCE,
                        null,
                        URI.create(sandbox.uri().toString()),
                        "62.0",
                        null,
                        new OAuthSettings(
                                login.clientId(), Secret.of(login.clientSecret()), Secret.of(refreshToken), null),
                        new BudgetSettings(concurrency, null, Duration.ofSeconds(1), null, 0, Duration.ofSeconds(30)),
                        new ApiSettings.Timeouts(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(10))),
                adapter);
    }

    private CompletableFuture<SendOutcome> call(ApiGateway gateway, Account account) {
        return call(gateway, account, PATIENCE);
    }

    private CompletableFuture<SendOutcome> call(ApiGateway gateway, Account account, Duration within) {
        return gateway.prepare(account, List.of(QUERY), within)
                .readiness()
                .thenCompose(readiness -> switch (readiness) {
                    case Readiness.Ready(Prepared prepared) ->
                        prepared.send(QUERY, classifier).whenComplete((outcome, failure) -> prepared.close());
                    case Readiness.Refused(PgError error) ->
                        CompletableFuture.<SendOutcome>completedFuture(new SendOutcome.NotSent(error));
                })
                .toCompletableFuture();
    }

    private long tokenRequests() {
        return sandbox.requests().stream()
                .filter(request -> request.path().endsWith("/oauth2/token"))
                .count();
    }

    private static int status(CompletableFuture<SendOutcome> call) {
        SendOutcome outcome = join(call);
        assertThat(outcome).isInstanceOf(SendOutcome.Response.class);
        return ((SendOutcome.Response) outcome).response().status();
    }

    private static SendOutcome join(CompletableFuture<SendOutcome> call) {
        return call.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static Prepared prepared(Preparation preparation) {
        Readiness readiness = readiness(preparation);
        assertThat(readiness).isInstanceOf(Readiness.Ready.class);
        return ((Readiness.Ready) readiness).prepared();
    }

    private static PgError refusal(Preparation preparation) {
        Readiness readiness = readiness(preparation);
        assertThat(readiness).isInstanceOf(Readiness.Refused.class);
        return ((Readiness.Refused) readiness).error();
    }

    private static Readiness readiness(Preparation preparation) {
        return preparation
                .readiness()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
