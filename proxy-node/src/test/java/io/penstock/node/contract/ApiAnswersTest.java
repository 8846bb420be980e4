package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.server.FaultMatch;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What an INSERT ends with, by what the API answers (catalogue C-03, C-04): SQLSTATE, requests, the rows at the API and in Postgres, and the state
 * of the journal entry. An answer that leaves open whether it was applied is followed until that is known.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApiAnswersTest {
    /** A call may be at work for six seconds after it was given up, one more than a statement looks for it; a pause of the API's that has no length is a second. */
    private static final PenstockFixture PENSTOCK = PenstockFixture.startWithApi(
            "timeouts { request = 2s, max_queue_wait = 5s, server = 6s }, limits.penalty = 1s");

    private static final FaultMatch CREATE = FaultMatch.method("POST").withPath("/composite");
    private static final String DONE = "";

    /**
     * One answer and what has to come of it.
     *
     * @param times how many requests in a row it answers
     * @param sqlState empty for success
     * @param requests how many the API gets; a refused one is sent again after 401 and 429 alone
     * @param state of the entry when the statement ends
     */
    private record Case(String name, int times, Fault fault, String sqlState, int requests, String state) {}

    @AfterAll
    static void close() {
        PENSTOCK.close();
    }

    @TestFactory
    @Order(1)
    Stream<DynamicTest> refusals() {
        return Stream.of(
                        refused("400, unreadable", status(400, ""), "23514"),
                        refused("400, its JSON not understood", says(400, "JSON_PARSER_ERROR"), "22P02"),
                        refused("400, a rule that we have no word for", says(400, "SOMETHING_NEW"), "23514"),
                        new Case("401, expired", 1, status(401, ""), DONE, 2, "APPLIED"),
                        new Case("401, also with a new token", 2, status(401, ""), "HV00N", 2, "NOT_APPLIED"),
                        refused("401, not an expiry", says(401, "INVALID_AUTH_HEADER"), "HV00N"),
                        refused("403", says(403, "INSUFFICIENT_ACCESS"), "42501"),
                        refused("403, unreadable", status(403, "<html>no</html>"), "42501"),
                        refused("404", says(404, "NOT_FOUND"), "0A000"),
                        refused("404, unreadable", status(404, "<html>no</html>"), "0A000"),
                        refused("409", status(409, ""), "23514"),
                        refused("409, a duplicate", says(409, "DUPLICATE_VALUE"), "23505"),
                        refused("412", status(412, ""), "23514"),
                        refused("422", status(422, ""), "23514"),
                        refused("row locked there", new Fault.RefuseRecords("UNABLE_TO_LOCK_ROW", "busy"), "55P03"),
                        refused(
                                "a redirect to itself",
                                new Fault.Answer(
                                        302,
                                        Map.of("Location", "/services/data/v62.0/composite"),
                                        "text/html",
                                        "",
                                        Moment.BEFORE_COMMIT),
                                "HV000"))
                .map(this::test);
    }

    @TestFactory
    @Order(2)
    Stream<DynamicTest> answersThatCannotBeReadAfterItWasApplied() {
        return Stream.of(
                        found("500", new Fault.Status(500, Moment.AFTER_COMMIT)),
                        found("503", new Fault.Status(503, Moment.AFTER_COMMIT)),
                        found("529", new Fault.Status(529, Moment.AFTER_COMMIT)),
                        found("the connection ends", new Fault.Drop(Moment.AFTER_COMMIT)),
                        found("the connection is reset", new Fault.Reset(Moment.AFTER_COMMIT)),
                        found("half a body", new Fault.HalfBody()),
                        found("a wrong length", new Fault.WrongLength()),
                        found("an HTML page", new Fault.HtmlPage()),
                        found("no JSON", new Fault.InvalidJson()),
                        found("JSON of 20 MB", new Fault.HugeJson(20 << 20)),
                        found("JSON a hundred thousand deep", applied(200, "[".repeat(100_000))),
                        found("JSON of something else", applied(200, "{\"compositeResponse\":\"later\"}")),
                        found("204", applied(204, "")))
                .map(this::test);
    }

    /** All at once, because each takes as long as an abandoned call may be at work. */
    @Test
    @Order(3)
    void whatIsNotKnownIs40003AndResolved() throws ExecutionException, InterruptedException {
        List<Integer> statuses = List.of(408, 500, 502, 503, 504, 529);
        statuses.forEach(
                status -> PENSTOCK.sandbox().faults().next(CREATE, new Fault.Status(status, Moment.BEFORE_COMMIT)));
        List<String> departments =
                statuses.stream().map(_ -> PENSTOCK.name("Unknown")).toList();
        long mark = PENSTOCK.mark();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<WireAnswer>> answers = departments.stream()
                    .map(department -> clients.submit(() -> insert(department)))
                    .toList();
            for (Future<WireAnswer> answer : answers) {
                assertThat(answer.get().failure().sqlState()).isEqualTo("40003");
            }
        }
        departments.forEach(department -> assertThat(state(department)).isIn("IN_DOUBT"));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                departments.stream().map(ApiAnswersTest::state).distinct())
                        .containsExactly("NOT_APPLIED"));
        assertThat(writes(mark)).isEqualTo(statuses.size());
        assertThat(PENSTOCK.agreement().differences()).isEmpty();
    }

    @TestFactory
    @Order(4)
    Stream<DynamicTest> pauses() {
        return Stream.of(
                        new Case("429 for a second", 1, pause(Map.of("Retry-After", "1")), DONE, 2, "APPLIED"),
                        new Case("429 until a date", 1, pause(untilIn(2)), DONE, 2, "APPLIED"),
                        new Case("429 without a time", 1, pause(Map.of()), DONE, 2, "APPLIED"),
                        new Case(
                                "429 for an absurd time",
                                1,
                                pause(Map.of("Retry-After", "99999999999999999999")),
                                DONE,
                                2,
                                "APPLIED"),
                        new Case("429 for no number", 1, pause(Map.of("Retry-After", "-1, soon")), DONE, 2, "APPLIED"),
                        new Case(
                                "429 for longer than the statement may wait",
                                1,
                                pause(untilIn(600)),
                                "53400",
                                1,
                                "REJECTED"))
                .map(this::test);
    }

    private DynamicTest test(Case given) {
        return DynamicTest.dynamicTest(given.name(), () -> {
            String department = PENSTOCK.name("Answer");
            PENSTOCK.sandbox().faults().next(given.times(), CREATE, given.fault());
            long mark = PENSTOCK.mark();
            WireAnswer answer = insert(department);
            PENSTOCK.sandbox().faults().clear();
            if (given.sqlState().isEmpty()) {
                assertThat(answer.result().tag()).isEqualTo("INSERT 0 1");
            } else {
                assertThat(answer.failure().sqlState())
                        .as(String.valueOf(answer.failure().fields()))
                        .isEqualTo(given.sqlState());
            }
            assertThat(writes(mark)).isEqualTo(given.requests());
            // A statement that has failed does not wait for its last word to the journal.
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(state(department)).isEqualTo(given.state()));
            long rows = PENSTOCK.sandbox().objects("Contact").stream()
                    .filter(contact -> contact.path("Department").asText().equals(department))
                    .count();
            assertThat(rows).isEqualTo(given.sqlState().isEmpty() ? 1 : 0);
            assertThat(PENSTOCK.agreement().differences()).isEmpty();
        });
    }

    private static Case refused(String name, Fault fault, String sqlState) {
        return new Case(name, 1, fault, sqlState, 1, "REJECTED");
    }

    private static Case found(String name, Fault fault) {
        return new Case(name, 1, fault, DONE, 1, "APPLIED");
    }

    private static Fault status(int status, String body) {
        return new Fault.Answer(status, Map.of(), "text/html", body, Moment.BEFORE_COMMIT);
    }

    private static Fault says(int status, String code) {
        return new Fault.Answer(
                status,
                Map.of(),
                "application/json",
                "[{\"errorCode\":\"" + code + "\",\"message\":\"no\"}]",
                Moment.BEFORE_COMMIT);
    }

    private static Fault applied(int status, String body) {
        return new Fault.Answer(status, Map.of(), "application/json", body, Moment.AFTER_COMMIT);
    }

    private static Fault pause(Map<String, String> headers) {
        return new Fault.Answer(429, headers, "text/plain", "", Moment.BEFORE_COMMIT);
    }

    /** The sandbox adds the Date from which it counts. */
    private static Map<String, String> untilIn(int seconds) {
        return Map.of(
                "Retry-After",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(seconds)));
    }

    private static WireAnswer insert(String department) {
        try (WireClient client = PENSTOCK.client()) {
            return client.simple("insert into salesforce.contacts (last_name, department) values ('A', '" + department
                    + "') returning id");
        }
    }

    private static String state(String department) {
        List<String> states = PENSTOCK
                .stored("select state from penstock.mutation_journal where rows::text like '%\"" + department + "\"%'")
                .stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
        assertThat(states).hasSize(1);
        return states.getFirst();
    }

    private static long writes(long mark) {
        return PENSTOCK.requests(mark).stream().filter(ApiRequest::writes).count();
    }
}
