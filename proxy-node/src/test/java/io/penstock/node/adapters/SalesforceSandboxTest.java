package io.penstock.node.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Grant;
import io.penstock.adapters.Json;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.Resolution;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.adapters.Verdict;
import io.penstock.adapters.salesforce.SalesforceAdapter;
import io.penstock.adapters.salesforce.SalesforceSettings;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.FaultMatch;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Salesforce adapter and the Salesforce sandbox, which know nothing of each other, over HTTP. */
class SalesforceSandboxTest {
    private static final SalesforceAdapter ADAPTER =
            new SalesforceAdapter(new SalesforceSettings("v62.0", Duration.ofMinutes(10)));

    private final SalesforceSandbox sandbox =
            SalesforceSandbox.start(SalesforceConfig.defaults().withData(3, 5));
    private final HttpClient http = HttpClient.newHttpClient();
    private String token = "none";
    private TableMapping contacts = describe("Penstock_Mutation__c");

    @AfterEach
    void close() {
        http.close();
        sandbox.close();
    }

    @Test
    void oneRequestInsertsAndBringsTheCanonicalRows() {
        int before = sandbox.dataRequests().size();
        List<RowOutcome> outcomes = applied(insert(
                "{'first_name':'Paul','last_name':'Atreides','email':'paul.atreides@caladan.io','score':1.50,'last_seen':'2026-01-02T03:04:05.123456+01:00'}",
                "{'last_name':'Harkonnen','has_opted_out_of_email':null,'note':'@home'}"));

        assertThat(sandbox.dataRequests()).hasSize(before + 1);
        ObjectNode paul = row(outcomes.get(0));
        assertThat(paul.path("name").asText()).isEqualTo("Paul Atreides");
        assertThat(paul.path("id").asText()).startsWith("003").hasSize(18);
        assertThat(paul.path("score").decimalValue()).isEqualByComparingTo("1.5");
        assertThat(paul.path("last_seen").asText())
                .startsWith("2026-01-02T02:04:05")
                .endsWith("+00:00");
        assertThat(paul.path("created_date").asText()).endsWith("+00:00");
        assertThat(row(outcomes.get(1)).path("has_opted_out_of_email").booleanValue())
                .isFalse();
        assertThat(sandbox.objects("Contact")).hasSize(7);
    }

    @Test
    void textThatLooksLikeAReferenceIsKeptAsItIs() {
        List<RowOutcome> outcomes = applied(insert("{'last_name':'@{write[0].id}'}"));
        RowOutcome.Applied applied = (RowOutcome.Applied) outcomes.getFirst();
        assertThat(applied.canonical()).isNull();
        assertThat(readBack(applied.key()).path("last_name").asText()).isEqualTo("@{write[0].id}");
    }

    @Test
    void insertWithoutCorrelationFieldIsReadBackById() {
        contacts = describe(null);
        RowOutcome.Applied applied =
                (RowOutcome.Applied) applied(insert("{'last_name':'Leto'}")).getFirst();
        assertThat(applied.canonical()).isNull();
        assertThat(readBack(applied.key()).path("name").asText()).isEqualTo("Leto");
    }

    @Test
    void oneRequestUpdatesAndBringsTheCanonicalRows() {
        List<String> keys = keys(2);
        int before = sandbox.dataRequests().size();
        List<RowOutcome> outcomes = applied(change(
                Operation.UPDATE, keys, "{'email':'a@dune.co','last_name':'A'}", "{'email':null,'last_name':'B'}"));

        assertThat(sandbox.dataRequests()).hasSize(before + 1);
        assertThat(row(outcomes.get(0)).path("email").asText()).isEqualTo("a@dune.co");
        assertThat(row(outcomes.get(0)).path("id").asText()).isEqualTo(keys.getFirst());
        assertThat(row(outcomes.get(1)).path("email").isNull()).isTrue();
        assertThat(row(outcomes.get(1)).path("last_name").asText()).isEqualTo("B");
    }

    @Test
    void deletedOnceOrTwiceIsDeleted() {
        List<String> keys = keys(2);
        applied(change(Operation.DELETE, keys, "{}", "{}"));
        assertThat(sandbox.objects("Contact")).hasSize(3);
        applied(change(Operation.DELETE, keys, "{}", "{}"));
        assertThat(send(change(Operation.UPDATE, keys, "{'email':null}", "{'email':null}")))
                .isInstanceOfSatisfying(
                        Failure.RequestRejected.class,
                        rejected -> assertThat(rejected.first().errorClass()).isEqualTo(ErrorClass.NOT_FOUND));
    }

    @Test
    void theLimitGoesThrough() {
        String[] rows = new String[200];
        Arrays.fill(rows, "{'last_name':'" + "n".repeat(80) + "'}");
        List<RowOutcome> outcomes = applied(insert(rows));
        assertThat(outcomes)
                .hasSize(200)
                .allSatisfy(outcome -> assertThat(row(outcome)).isNotNull());
        List<String> keys = outcomes.stream()
                .map(outcome -> ((RowOutcome.Applied) outcome).key())
                .toList();
        assertThat(applied(change(Operation.UPDATE, keys, rows)))
                .hasSize(200)
                .allSatisfy(outcome -> assertThat(row(outcome)).isNotNull());
        assertThat(applied(change(Operation.DELETE, keys, rows))).hasSize(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'last_name':'H','email':'not an address'}|FORMAT|email|Key (email)=(not an address) is not a valid"
                        + " email address.",
                "{'first_name':'Paul'}|REQUIRED|last_name|Key (last_name) is required.",
                "{'last_name':null}|REQUIRED|last_name|Key (last_name) is required.",
                "{'last_name':'Forbidden'}|RULE|last_name|Key (last_name)=(Forbidden) was refused: This last name is"
                        + " not allowed.",
                "{'last_name':'A','first_name':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}|TOO_LONG|first_name|Key"
                        + " (first_name)=(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) is longer than 40 characters.",
                "{'last_name':'A','lead_source':'Nowhere'}|FORMAT|lead_source|Key (lead_source)=(Nowhere) is not a"
                        + " value that the API takes: Lead Source: bad value for restricted picklist field: Nowhere.",
                "{'last_name':'A','account_id':'nonsense'}|REFERENCE|account_id|Key (account_id)=(nonsense) refers to"
                        + " nothing that the API knows.",
                "{'last_name':'A','score':1e17}|RANGE|score|Key (score)=(100000000000000000) is out of range."
            })
    void oneBadRowRefusesAllAndIsNamed(String row, ErrorClass errorClass, String column, String message) {
        int before = sandbox.objects("Contact").size();
        Failure.RequestRejected rejected =
                (Failure.RequestRejected) send(insert("{'last_name':'Good'}", row, "{'last_name':'Good'}"));
        Rejection first = rejected.first();
        assertThat(first.errorClass()).isEqualTo(errorClass);
        assertThat(first.ordinal()).isEqualTo(1);
        assertThat(first.column()).isEqualTo(column);
        assertThat(first.message().replace("1E+17", "100000000000000000")).isEqualTo(message);
        assertThat(sandbox.objects("Contact")).hasSize(before);
    }

    @Test
    void lockedRowsAreWorthARetry() {
        sandbox.faults()
                .next(new Fault.RefuseRecords(
                        "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"));
        Failure.RequestRejected rejected =
                (Failure.RequestRejected) send(change(Operation.UPDATE, keys(1), "{'email':null}"));
        assertThat(rejected.first().errorClass()).isEqualTo(ErrorClass.LOCKED);
    }

    @Test
    void expiredTokensAndExhaustedQuotasAreTold() {
        sandbox.expireTokens();
        assertThat(send(insert("{'last_name':'A'}"))).isInstanceOf(Failure.TokenExpired.class);
        token = refresh();
        applied(insert("{'last_name':'A'}"));
        sandbox.limit(100, 100);
        assertThat(send(insert("{'last_name':'A'}"))).isInstanceOf(Failure.RateLimited.class);
        assertThat(sandbox.objects("Contact")).hasSize(6);
    }

    @Test
    void usageIsFedBack() {
        sandbox.limit(5000, 17);
        ApiCall call = ADAPTER.list(contacts, null);
        List<LimitFeedback> feedback = ADAPTER.limits(Objects.requireNonNull(exchange(call)));
        assertThat(feedback).singleElement().satisfies(each -> {
            assertThat(each.limit()).isEqualTo(5000);
            assertThat(each.remaining()).isBetween(4981L, 4983L);
        });
    }

    @Test
    void pagesAndChangesBringEverything() {
        assertThat(page(ADAPTER.list(contacts, null)).rows()).hasSize(5);
        Instant since = Instant.now().minusSeconds(5);
        List<String> keys = keys(2);
        applied(change(Operation.UPDATE, keys.subList(0, 1), "{'note':'changed'}"));
        applied(change(Operation.DELETE, keys.subList(1, 2), "{}"));

        Page changes = page(ADAPTER.changes(contacts, since, null));
        assertThat(changes.rows()).extracting(row -> row.path("id").asText()).contains(keys.get(0));
        assertThat(changes.deletedKeys()).containsExactly(keys.get(1));
        assertThat(changes.newest()).isAfterOrEqualTo(since.minusSeconds(1));
    }

    /** Whatever the API says after it has committed, nobody is told that nothing was applied, and the rows are found. */
    @ParameterizedTest
    @ValueSource(strings = {"500", "502", "503", "504", "half", "html", "json", "drop", "reset"})
    void aLostAnswerIsFoundOut(String kind) {
        Fault fault = switch (kind) {
            case "half" -> new Fault.HalfBody();
            case "html" -> new Fault.HtmlPage();
            case "json" -> new Fault.InvalidJson();
            case "drop" -> new Fault.Drop(Fault.Moment.AFTER_COMMIT);
            case "reset" -> new Fault.Reset(Fault.Moment.AFTER_COMMIT);
            default -> new Fault.Status(Integer.parseInt(kind), Fault.Moment.AFTER_COMMIT);
        };
        String key = keys(1).getFirst();
        for (Mutation mutation : List.of(
                insert("{'last_name':'A'}", "{'last_name':'B'}"),
                change(Operation.UPDATE, List.of(key), "{'note':'lost','email':'Lost@Dune.co','score':2.5}"),
                change(Operation.DELETE, List.of(key), "{}"))) {
            sandbox.faults().next(FaultMatch.ANY, fault);
            Instant sentAt = Instant.now();
            assertThat(send(mutation)).isInstanceOf(Failure.UnknownOutcome.class);
            Resolution.Step.Settled settled = (Resolution.Step.Settled) resolve(mutation, sentAt, Instant.now());
            assertThat(settled.applied()).hasSize(mutation.rows().size());
        }
    }

    @Test
    void aRequestThatNeverCommittedIsFoundOutToo() {
        String key = keys(1).getFirst();
        for (Mutation mutation : List.of(
                insert("{'last_name':'A'}"),
                change(Operation.UPDATE, List.of(key), "{'note':'never'}"),
                change(Operation.DELETE, List.of(key), "{}"))) {
            sandbox.faults().next(FaultMatch.ANY, new Fault.Drop(Fault.Moment.BEFORE_COMMIT));
            Instant sentAt = Instant.now().plusSeconds(300);
            assertThat(send(mutation)).isInstanceOf(Failure.UnknownOutcome.class);
            assertThat(resolve(mutation, sentAt, sentAt)).isInstanceOf(Resolution.Step.Wait.class);
            Resolution.Step.Settled settled =
                    (Resolution.Step.Settled) resolve(mutation, sentAt, sentAt.plus(Duration.ofMinutes(10)));
            assertThat(settled.applied()).isEmpty();
        }
    }

    private Resolution.Step resolve(Mutation mutation, Instant sentAt, Instant now) {
        Resolution.Step.Ask ask =
                (Resolution.Step.Ask) Resolution.next(ADAPTER, mutation, new Resolution.Facts(sentAt, now, null));
        List<ApiResponse> responses = ask.calls().stream()
                .map(call -> Objects.requireNonNull(exchange(call)))
                .toList();
        Map<Integer, ObjectNode> seen = got(Resolution.observe(ADAPTER, mutation, ask.calls(), responses));
        return Resolution.next(ADAPTER, mutation, new Resolution.Facts(sentAt, now, seen));
    }

    private TableMapping describe(@Nullable String correlationField) {
        if (token.equals("none")) {
            token = refresh();
        }
        TableRequest request = new TableRequest(
                "salesforce", "contacts", "Contact", List.of(), correlationField, Map.of(), null, Map.of());
        List<ApiResponse> responses = ADAPTER.describe(request).stream()
                .map(call -> Objects.requireNonNull(exchange(call)))
                .toList();
        return got(ADAPTER.parseDescription(request, responses));
    }

    private String refresh() {
        SalesforceConfig.Login login = sandbox.config().login();
        TokenRequest request = ADAPTER.refresh(new Grant(login.clientId(), login.clientSecret(), login.refreshToken()));
        HttpRequest.Builder builder = HttpRequest.newBuilder(sandbox.uri().resolve("/services/oauth2/token"))
                .header("Content-Type", String.valueOf(request.body().contentType()))
                .POST(HttpRequest.BodyPublishers.ofString(request.body().text()));
        request.headers().forEach(builder::header);
        TokenAnswer.Granted granted =
                (TokenAnswer.Granted) ADAPTER.parseToken(Objects.requireNonNull(exchange(builder)));
        assertThat(granted.baseUrl()).isEqualTo(sandbox.uri().toString());
        return granted.accessToken();
    }

    private Verdict send(Mutation mutation) {
        ApiCall call = ((Plan.Planned) ADAPTER.plan(mutation)).calls().getFirst();
        ApiResponse response = exchange(call);
        return response == null ? new Failure.UnknownOutcome("lost") : ADAPTER.parse(mutation, call, response);
    }

    private List<RowOutcome> applied(Mutation mutation) {
        List<RowOutcome> outcomes = ((Verdict.Answered) send(mutation)).outcomes();
        assertThat(outcomes).hasSize(mutation.rows().size()).allMatch(RowOutcome.Applied.class::isInstance);
        return outcomes;
    }

    private static ObjectNode row(RowOutcome outcome) {
        return Objects.requireNonNull(((RowOutcome.Applied) outcome).canonical());
    }

    private ObjectNode readBack(String key) {
        ApiCall call = ADAPTER.readBack(contacts, List.of(key)).getFirst();
        return Objects.requireNonNull(got(ADAPTER.parseReadBack(contacts, call, Objects.requireNonNull(exchange(call))))
                .get(key));
    }

    private Page page(ApiCall call) {
        return got(ADAPTER.parsePage(contacts, call, Objects.requireNonNull(exchange(call))));
    }

    private static <T> T got(Reading<T> reading) {
        return ((Reading.Got<T>) reading).value();
    }

    /** Null where no whole answer came. */
    private @Nullable ApiResponse exchange(ApiCall call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(sandbox.uri().resolve(call.path()))
                .method(
                        call.method(),
                        HttpRequest.BodyPublishers.ofString(call.body().text()));
        String contentType = call.body().contentType();
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        call.headers().forEach(request::header);
        ADAPTER.authorization(token).forEach(request::header);
        return exchange(request);
    }

    private @Nullable ApiResponse exchange(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response = http.send(
                    request.version(HttpClient.Version.HTTP_1_1)
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return new ApiResponse(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException lost) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private List<String> keys(int count) {
        return sandbox.objects("Contact").stream()
                .limit(count)
                .map(record -> record.path("Id").asText())
                .toList();
    }

    private Mutation insert(String... rows) {
        return mutation(Operation.INSERT, null, rows);
    }

    private Mutation change(Operation operation, List<String> keys, String... rows) {
        return mutation(operation, keys, rows);
    }

    private Mutation mutation(Operation operation, @Nullable List<String> keys, String... rows) {
        List<RowChange> changes = new ArrayList<>();
        for (String row : rows) {
            int ordinal = changes.size();
            JsonNode values = Json.read(row.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
            changes.add(new RowChange(
                    ordinal, keys == null ? null : keys.get(ordinal), (ObjectNode) Objects.requireNonNull(values)));
        }
        return new Mutation(UUID.randomUUID(), operation, contacts, changes);
    }
}
