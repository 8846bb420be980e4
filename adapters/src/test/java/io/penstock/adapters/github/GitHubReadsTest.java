package io.penstock.adapters.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading back, looking for what an INSERT left, and the two listings. */
class GitHubReadsTest {
    private final GitHub issues = GitHub.issues("body", null);

    @Test
    void rowsByKeyAHundredAtATimeWithTheRepositoryBesideThem() {
        List<String> keys = IntStream.range(0, 101).mapToObj(GitHub::key).toList();

        List<ApiCall> calls = issues.adapter().readBack(issues.table(), keys);

        assertThat(calls).hasSize(2).allMatch(call -> !call.write());
        assertThat(GitHub.document(calls.getFirst())).startsWith("""
                query ($repository: ID!, $keys: [ID!]!) {
                repository: node(id: $repository) { id }
                rows: nodes(ids: $keys) { ...row }
                }
                fragment row on Issue { id""");
        assertThat(GitHub.variables(calls.get(1))).isEqualTo(GitHub.json("{'repository':'R_1','keys':['I_100']}"));
    }

    @Test
    void aKeyThatIsMissingDoesNotExist() {
        Map<String, ObjectNode> rows = GitHub.got(
                readBack(
                        "{'data':{'repository':{'id':'R_1'},'rows':[{'id':'I_1','title':'A'},null]},'errors':[{'type':'NOT_FOUND','path':['rows',1],'message':'m'}]}"));

        assertThat(rows).containsOnlyKeys("I_1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'data':{'repository':{'id':'R_1'},'rows':[{'id':'I_1'}]}}",
                "{'data':{'repository':{'id':'R_1'},'rows':[{'id':'I_1'},{}]}}",
                "{'data':{'repository':null,'rows':[{'id':'I_1'},null]}}",
                "{'data':{'repository':{'id':'R_1'},'rows':[{'id':'I_1'},null]},'errors':[{'type':'INTERNAL','path':['rows',1],'message':'m'}]}",
                "{'data':{'repository':{'id':'R_1'},'rows':[{'id':'I_1'},{'id':'I_2'}]},'errors':[{'type':'NOT_FOUND','path':['rows',1,'milestone'],'message':'m'}]}",
                "{'data':{'repository':{'id':'R_1'}}}",
                "{'data':null}"
            })
    void anAnswerThatIsNotWholeProvesNothing(String body) {
        assertThat(readBack(body))
                .isInstanceOfSatisfying(
                        Reading.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(Failure.UnknownOutcome.class));
    }

    @Test
    void whoDoesNotSeeTheRepositoryCannotSayThatARowIsGone() {
        assertThat(
                        readBack(
                                "{'data':{'repository':null,'rows':[null,null]},'errors':[{'type':'NOT_FOUND','path':['repository'],'message':'m'},{'type':'NOT_FOUND','path':['rows',0],'message':'m'}]}"))
                .isInstanceOfSatisfying(
                        Reading.Failed.class,
                        failed -> assertThat(((Failure.RequestRejected) failed.failure())
                                        .first()
                                        .errorClass())
                                .isEqualTo(ErrorClass.FORBIDDEN));
    }

    private Reading<Map<String, ObjectNode>> readBack(String body) {
        ApiCall call = issues.adapter()
                .readBack(issues.table(), List.of("I_1", "I_2", "I_1"))
                .getFirst();
        return issues.adapter().parseReadBack(issues.table(), call, GitHub.answer(200, body));
    }

    @Test
    void anInsertIsLookedForAmongTheIssuesMadeSinceItsStatementBegan() {
        Mutation lost = issues.insert("{'title':'A'}", "{'title':'B'}");

        ApiCall call = Objects.requireNonNull(issues.adapter().findByCorrelation(lost), "a mark");

        assertThat(GitHub.document(call))
                .contains(
                        "rows: issues(first: 100, filterBy: {since: $since}, orderBy: {field: CREATED_AT, direction: DESC})"
                                + " { nodes { ...row id body createdAt }");
        assertThat(Instant.parse(GitHub.variables(call).path("since").asText()))
                .isEqualTo(CorrelationMark.notBefore(GitHub.ID))
                .isEqualTo("2024-09-10T17:43:10Z");
        GitHub unmarked = GitHub.issues();
        assertThat(unmarked.adapter().findByCorrelation(unmarked.insert("{'title':'A'}")))
                .isNull();
        assertThat(CorrelationMark.notBefore(new UUID(0x4000, 0))).isEqualTo(Instant.EPOCH);
    }

    @Test
    void rowsThatWereFoundAndRowsThatAreNot() {
        Mutation lost = issues.insert("{'title':'A'}", "{'title':'B'}");
        String made = node("I_9", "Text\\n\\n<!-- penstock:" + GitHub.ID + ":1 -->", "2024-09-10T17:45:20Z");
        String others = node("I_8", "<!-- penstock:0191dd0a-1111-7222-8333-444455556667:0 -->", "2024-09-10T17:45:20Z");
        String old = node("I_7", "Old", "2024-09-09T00:00:00Z");

        assertThat(GitHub.got(correlated(lost, made + "," + others, false))).containsOnlyKeys(1);
        assertThat(GitHub.got(correlated(lost, others + "," + old, true))).isEmpty();
        assertThat(correlated(lost, made, true)).as("there may be more").isInstanceOf(Reading.Failed.class);
        String first = made.replace(":1 -->", ":0 -->").replace("I_9", "I_6");
        assertThat(GitHub.got(correlated(lost, made + "," + first, true))).containsOnlyKeys(0, 1);
    }

    private static String node(String id, String body, String created) {
        return "{'id':'" + id + "','body':'" + body + "','createdAt':'" + created + "'}";
    }

    private Reading<Map<Integer, ObjectNode>> correlated(Mutation mutation, String nodes, boolean more) {
        return issues.adapter()
                .parseCorrelated(
                        mutation,
                        GitHub.answer(
                                200,
                                "{'data':{'repository':{'rows':{'nodes':[" + nodes + "],'pageInfo':{'hasNextPage':"
                                        + more + ",'endCursor':'c'}}}}}"));
    }

    @Test
    void pagesOfAllRowsAndOfChanges() {
        ApiCall first = issues.adapter().list(issues.table(), null);
        ApiCall next = issues.adapter().list(issues.table(), "c");
        ApiCall changes = issues.adapter().changes(issues.table(), Instant.parse("2026-01-02T03:04:05.678Z"), "c");

        assertThat(GitHub.document(first)).startsWith("""
                query ($repository: ID!, $after: String) {
                repository: node(id: $repository) { ... on Repository {
                rows: issues(first: 100, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) { nodes { ...row } pageInfo { hasNextPage endCursor } }
                } }
                }
                fragment row on Issue {""");
        assertThat(GitHub.variables(first)).isEqualTo(GitHub.json("{'repository':'R_1'}"));
        assertThat(GitHub.variables(next)).isEqualTo(GitHub.json("{'repository':'R_1','after':'c'}"));
        assertThat(GitHub.variables(changes))
                .isEqualTo(GitHub.json("{'repository':'R_1','since':'2026-01-02T03:04:05Z','after':'c'}"));
        GitHub labels = GitHub.labels();
        assertThat(labels.adapter().changes(labels.table(), Instant.EPOCH, null))
                .as("GitHub does not tell which labels have changed")
                .isEqualTo(labels.adapter().list(labels.table(), null));
    }

    @Test
    void aPage() {
        Page page = GitHub.got(page(
                "[{'id':'I_1','updatedAt':'2026-01-02T03:04:05Z'},{'id':'I_2','updatedAt':'2026-01-02T03:04:04Z'}]",
                true,
                ""));

        assertThat(page.rows()).hasSize(2);
        assertThat(page.deletedKeys()).isEmpty();
        assertThat(page.newest()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(page.nextCursor()).isEqualTo("c");
        assertThat(GitHub.got(page("[]", false, "")).nextCursor()).isNull();
        assertThat(page("[null]", false, "")).isInstanceOf(Reading.Failed.class);
        assertThat(page("[]", false, ",'errors':[{'type':'INTERNAL','path':['repository','rows'],'message':'m'}]"))
                .isInstanceOf(Reading.Failed.class);
        assertThat(page("[]", false, ",'errors':[{'type':'RATE_LIMITED','message':'m'}]"))
                .isEqualTo(new Reading.Failed<>(new Failure.RateLimited("hourly", null, "m.")));
    }

    private Reading<Page> page(String nodes, boolean more, String errors) {
        ApiCall call = issues.adapter().list(issues.table(), null);
        return issues.adapter()
                .parsePage(
                        issues.table(),
                        call,
                        GitHub.answer(
                                200,
                                "{'data':{'repository':{'rows':{'nodes':" + nodes + ",'pageInfo':{'hasNextPage':" + more
                                        + ",'endCursor':'c'}}}}" + errors + "}"));
    }

    @Test
    void holdsWhateverTheOrderOfALabel() {
        ObjectNode held = (ObjectNode)
                GitHub.json(
                        "{'title':'A','body':null,'state':'OPEN','state_reason':'REOPENED','label_ids':['b','a'],'milestone_id':null}");

        assertThat(holds("{'title':' A ','body':'','label_ids':['a','b'],'state':'OPEN','state_reason':null}", held))
                .isTrue();
        assertThat(holds("{'label_ids':['a']}", held)).isFalse();
        assertThat(holds("{'state':'CLOSED'}", held)).isFalse();
        assertThat(holds("{'milestone_id':'m'}", held)).isFalse();
    }

    private boolean holds(String row, ObjectNode held) {
        return issues.adapter().holds(issues.table(), issues.update(row).rows().getFirst(), held);
    }

    @Test
    void everyAnswerTellsThePrimaryLimit() {
        ApiResponse response = GitHub.answer(
                200,
                Map.of(
                        "x-ratelimit-limit", List.of("5000"),
                        "x-ratelimit-remaining", List.of("4999"),
                        "x-ratelimit-reset", List.of("1725989460"),
                        "x-ratelimit-resource", List.of("graphql"),
                        "Date", List.of("Tue, 10 Sep 2024 17:30:00 GMT")),
                "{}");

        assertThat(issues.adapter().limits(response))
                .containsExactly(new LimitFeedback("hourly", 5000, 4999, Duration.ofMinutes(1)));
        assertThat(issues.adapter().limits(GitHub.answer(200, "{}"))).isEmpty();
    }
}
