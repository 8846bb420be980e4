package io.penstock.node.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.Resolution;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.Verdict;
import io.penstock.adapters.github.GitHubAdapter;
import io.penstock.adapters.github.GitHubAuth;
import io.penstock.adapters.github.GitHubSettings;
import io.penstock.sandbox.GitHubSandbox;
import io.penstock.sandbox.github.GitHubConfig;
import io.penstock.sandbox.server.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The GitHub adapter and the GitHub sandbox, which know nothing of each other, over HTTP. */
class GitHubSandboxTest {
    private final GitHubSandbox sandbox =
            GitHubSandbox.start(GitHubConfig.defaults().withLimits(GitHubConfig.Limits.NONE));
    private final SandboxAccount issues = account("issues", "body");

    @AfterEach
    void close() {
        issues.close();
        sandbox.close();
    }

    private SandboxAccount account(String object, @Nullable String mark) {
        return new SandboxAccount(
                sandbox,
                new GitHubAdapter(new GitHubSettings(new GitHubAuth.PersonalToken())),
                "ghp_sandbox",
                new TableRequest(
                        "github",
                        object,
                        object,
                        List.of(),
                        mark,
                        Map.of(),
                        new RowLimits(100, 100, 100),
                        Map.of("repository", "octo-org/hello-world")));
    }

    private String node(String type, int which) {
        return sandbox.objects(type).get(which).path("node_id").asText();
    }

    @Test
    void rowsAreWrittenReadAndDeletedByOneRequestEach() {
        String bug = node("label", 0);
        String ada = node("user", 1);
        int before = sandbox.requests().size();
        List<ObjectNode> two = issues.applied(issues.insert(
                "{'title':'Ünï \\\\ 🐘','body':'one\\r\\ntwo','label_ids':['" + bug + "'],'assignee_ids':['" + ada
                        + "']}",
                "{'title':'B','body':null}"));
        List<String> keys = keys(two);
        assertThat(sandbox.requests()).hasSize(before + 1);
        assertThat(two.getFirst().path("title").asText()).isEqualTo("Ünï \\ 🐘");
        assertThat(two.getFirst().path("body").asText()).isEqualTo("one\ntwo");
        assertThat(two.getFirst().path("labels")).hasToString("[\"bug\"]");
        assertThat(two.getFirst().path("assignees")).hasToString("[\"ada\"]");
        assertThat(two.getFirst().path("number").isIntegralNumber()).isTrue();
        assertThat(two.getFirst().path("created_at").asText()).endsWith("+00:00");
        assertThat(two.get(1).path("body").isNull()).isTrue();
        assertThat(two.get(1).path("labels")).isEmpty();
        assertThat(sandbox.objects("issue").getLast().path("body").asText())
                .as("the mark is there, and no part of the row")
                .startsWith("<!-- penstock:");

        List<ObjectNode> changed = issues.applied(issues.update(
                keys,
                "{'body':null,'label_ids':null,'assignee_ids':[],'milestone_id':'" + milestone() + "'}",
                "{'state':'CLOSED','state_reason':'DUPLICATE'}"));
        assertThat(changed.getFirst().path("body").isNull()).isTrue();
        assertThat(changed.getFirst().path("labels")).isEmpty();
        assertThat(changed.getFirst().path("milestone").asText()).isEqualTo("First release");
        assertThat(changed.get(1).path("state").asText()).isEqualTo("CLOSED");
        assertThat(changed.get(1).path("state_reason").asText()).isEqualTo("DUPLICATE");
        assertThat(changed.get(1).path("closed_at").isTextual()).isTrue();
        ObjectNode opened = issues.applied(
                        issues.update(keys, "{'milestone_id':null}", "{'state':'OPEN','state_reason':null}"))
                .get(1);
        assertThat(opened.path("state_reason").asText()).isEqualTo("REOPENED");

        assertThat(issues.send(issues.delete(keys))).hasOnlyElementsOfType(Verdict.Answered.class);
        assertThat(issues.readBack(keys)).isEmpty();
        assertThat(sandbox.requests()).hasSize(before + 5);
    }

    private String milestone() {
        return sandbox.objects("milestone").getFirst().path("node_id").asText();
    }

    @Test
    void theLimitGoesThrough() {
        String[] rows =
                IntStream.range(0, 100).mapToObj(i -> "{'title':'T" + i + "'}").toArray(String[]::new);
        List<String> keys = keys(issues.applied(issues.insert(rows)));
        assertThat(keys).hasSize(100).doesNotHaveDuplicates();
        Arrays.fill(rows, "{'title':'same'}");
        assertThat(issues.applied(issues.update(keys, rows)))
                .hasSize(100)
                .allMatch(row -> row.path("title").asText().equals("same"));
        issues.applied(issues.delete(keys));
        assertThat(sandbox.objects("issue")).hasSize(41);
    }

    @Test
    void oneRowThatIsRefusedIsToldBesideTheOthers() {
        Verdict verdict = issues.send(issues.insert("{'title':'A'}", "{'title':' '}", "{'title':'C'}"))
                .getFirst();

        assertThat(((Verdict.Answered) verdict).outcomes())
                .satisfiesExactly(
                        first -> assertThat(first).isInstanceOf(RowOutcome.Applied.class),
                        second -> assertThat(((RowOutcome.Rejected) second).rejection())
                                .isEqualTo(new Rejection(
                                        ErrorClass.REQUIRED, 1, "title", "UNPROCESSABLE", "Key (title) is required.")),
                        third -> assertThat(third).isInstanceOf(RowOutcome.Applied.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'title':''}|REQUIRED|title",
                "{'title':'a','label_ids':['LA_none']}|REFERENCE|label_ids",
                "{'title':'a','assignee_ids':['U_none']}|REFERENCE|assignee_ids",
                "{'title':'a','milestone_id':'MI_none'}|REFERENCE|milestone_id"
            })
    void whatOneRowDoesWrongIsNamed(String row, ErrorClass errorClass, String column) {
        Rejection rejection = rejection(issues.insert(row));
        assertThat(rejection.errorClass()).isEqualTo(errorClass);
        assertThat(rejection.column()).isEqualTo(column);
        assertThat(rejection.ordinal()).isZero();
    }

    @Test
    void otherRefusals() {
        assertThat(rejection(issues.insert("{'title':'" + "n".repeat(300) + "'}"))
                        .errorClass())
                .isEqualTo(ErrorClass.TOO_LONG);
        assertThat(rejection(issues.update(List.of("I_none"), "{'title':'a'}")).errorClass())
                .isEqualTo(ErrorClass.NOT_FOUND);
        sandbox.faults().next(new Fault.RefuseRecords("UNPROCESSABLE", "Something is not as it should be"));
        assertThat(rejection(issues.insert("{'title':'a'}")).errorClass()).isEqualTo(ErrorClass.RULE);
        issues.token("ghp_readonly");
        assertThat(rejection(issues.insert("{'title':'a'}")).errorClass()).isEqualTo(ErrorClass.FORBIDDEN);
    }

    private Rejection rejection(Mutation mutation) {
        return ((Failure.RequestRejected) issues.send(mutation).getFirst()).first();
    }

    @Test
    void rowsThatAreGoneAlreadyAreDeletedAfterASecondLook() {
        List<String> keys = keys(issues.applied(issues.insert("{'title':'A'}", "{'title':'B'}", "{'title':'C'}")));
        issues.applied(issues.delete(keys.subList(0, 1)));
        issues.applied(issues.delete(keys.subList(0, 2)));
        Mutation again = issues.delete(keys.subList(0, 2));

        assertThat(issues.send(again)).first().isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(issues.resolve(again))
                .isInstanceOfSatisfying(
                        Resolution.Step.Settled.class,
                        settled -> assertThat(settled.applied()).hasSize(2));
    }

    @Test
    void anInsertWhoseAnswerIsLostIsFoundByItsMark() {
        sandbox.faults().next(new Fault.Drop(Fault.Moment.AFTER_COMMIT));
        Mutation lost = issues.insert("{'title':'A','body':'Text'}", "{'title':'B'}");
        assertThat(issues.send(lost)).first().isInstanceOf(Failure.UnknownOutcome.class);

        assertThat(issues.resolve(lost)).isInstanceOfSatisfying(Resolution.Step.Settled.class, settled -> {
            assertThat(settled.applied()).hasSize(2);
            ObjectNode canonical = settled.applied().getFirst().canonical();
            assertThat(canonical == null ? "" : canonical.path("body").asText()).isEqualTo("Text");
        });
        assertThat(settled(issues.insert("{'title':'never sent'}")).notApplied())
                .containsExactly(0);
        try (SandboxAccount unmarked = account("issues", null)) {
            assertThat(unmarked.resolve(unmarked.insert("{'title':'A'}"))).isInstanceOf(Resolution.Step.InDoubt.class);
        }
    }

    @Test
    void changesAndDeletionsWhoseAnswerIsLostAreReadBack() {
        List<String> keys = keys(issues.applied(issues.insert("{'title':'A'}", "{'title':'B'}")));
        sandbox.faults().next(new Fault.Drop(Fault.Moment.AFTER_COMMIT));
        Mutation update = issues.update(keys, "{'title':'a','label_ids':[]}", "{'body':'b'}");
        assertThat(issues.send(update)).first().isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(settled(update).applied()).hasSize(2);
        sandbox.faults().next(new Fault.Status(502, Fault.Moment.AFTER_COMMIT));
        Mutation delete = issues.delete(keys);
        assertThat(issues.send(delete)).first().isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(settled(delete).applied()).hasSize(2);
    }

    @Test
    void aDocumentThatIsCutOffIsSettledRowByRow() {
        sandbox.cutOffAfter(2);
        Mutation four = issues.insert("{'title':'A'}", "{'title':'B'}", "{'title':'C'}", "{'title':'D'}");
        assertThat(issues.send(four)).containsExactly(new Failure.UnknownOutcome("the API answered 502"));

        Resolution.Step.Settled settled = settled(four);
        assertThat(settled.applied()).extracting(RowOutcome.Applied::ordinal).containsExactly(0, 1);
        assertThat(settled.notApplied()).containsExactly(2, 3);
        Mutation delete = issues.delete(keys(issues.list()).subList(0, 3));
        assertThat(issues.send(delete)).first().isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(settled(delete).notApplied()).containsExactly(2);
    }

    private Resolution.Step.Settled settled(Mutation mutation) {
        return (Resolution.Step.Settled) issues.resolve(mutation);
    }

    @Test
    void eachLimitIsToldAsWhatItIs() {
        sandbox.limits(GitHubConfig.Limits.NONE.withHourly(0, 1));
        issues.applied(issues.insert("{'title':'A'}"));
        Failure.RateLimited hourly = limited(issues.insert("{'title':'B'}"));
        assertThat(hourly.bucket()).isEqualTo("hourly");
        assertThat(hourly.retryAfter()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));

        sandbox.limits(GitHubConfig.Limits.NONE.withPoints(0, 5));
        issues.applied(issues.insert("{'title':'A'}"));
        assertThat(limited(issues.insert("{'title':'B'}")))
                .extracting(Failure.RateLimited::bucket, Failure.RateLimited::retryAfter)
                .containsExactly("points", Duration.ofMinutes(1));

        sandbox.limits(GitHubConfig.Limits.NONE.withCreated(1, 0));
        assertThat(((Verdict.Answered) issues.send(issues.insert("{'title':'A'}", "{'title':'B'}"))
                                .getFirst())
                        .outcomes())
                .hasSize(2);
        assertThat(limited(issues.insert("{'title':'B'}")).bucket()).isEqualTo("content");
    }

    private Failure.RateLimited limited(Mutation mutation) {
        return (Failure.RateLimited) issues.send(mutation).getFirst();
    }

    @Test
    void everyIssueIsListedOnceWithoutPullRequestsAndChangesAreFound() {
        String[] rows = new String[90];
        Arrays.fill(rows, "{'title':'more'}");
        issues.applied(issues.insert(rows));
        List<ObjectNode> all = issues.list();
        assertThat(all).hasSize(130).doesNotHaveDuplicates();

        List<ObjectNode> one = issues.applied(issues.update(keys(all).subList(0, 1), "{'title':'changed'}"));
        assertThat(issues.changes(Instant.now().minusSeconds(60)))
                .extracting(row -> row.path("id").asText())
                .contains(one.getFirst().path("id").asText());
    }

    @Test
    void labelsAreATableToo() {
        try (SandboxAccount labels = account("labels", null)) {
            List<ObjectNode> two = labels.applied(
                    labels.insert("{'name':'slow','color':'FF0000'}", "{'name':'quick','color':'00ff00'}"));
            assertThat(two.getFirst().path("color").asText()).isEqualTo("ff0000");
            assertThat(two.getFirst().path("description").isNull()).isTrue();
            assertThat(labels.send(labels.insert("{'name':'SLOW','color':'ff0000'}"))
                            .getFirst())
                    .isInstanceOfSatisfying(Failure.RequestRejected.class, refused -> {
                        assertThat(refused.first().errorClass()).isEqualTo(ErrorClass.DUPLICATE);
                        assertThat(refused.first().column()).isEqualTo("name");
                    });
            assertThat(labels.applied(labels.update(keys(two), "{'description':'Takes its time'}", "{'name':'fast'}"))
                            .get(1)
                            .path("name")
                            .asText())
                    .isEqualTo("fast");
            assertThat(labels.list()).hasSize(5);
            labels.applied(labels.delete(keys(two)));
            assertThat(labels.list()).hasSize(3);
        }
    }

    @Test
    void aPersonalTokenThatIsNoLongerGoodIsNotRefreshed() {
        sandbox.expireTokens();

        assertThat(issues.send(issues.insert("{'title':'A'}")).getFirst()).isInstanceOf(Failure.AuthRevoked.class);
    }

    private static List<String> keys(List<ObjectNode> rows) {
        return rows.stream().map(row -> row.path("id").asText()).toList();
    }
}
