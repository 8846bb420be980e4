package io.penstock.adapters.github;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowLimits;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent: one document, a field for each row, and every value in a variable. */
class GitHubPlanTest {
    private static final String ROW = "fragment row on Issue { id number title body state"
            + " stateReason(enableDuplicate: true) author { login } labels(first: 100) { nodes { id name } }"
            + " assignees(first: 100) { nodes { id login } } milestone { id title } locked url fullDatabaseId createdAt"
            + " updatedAt closedAt }";

    private final GitHub issues = GitHub.issues();

    @Test
    void rowsOfAnInsertAreFieldsOfOneDocument() {
        ApiCall call = issues.call(
                issues.insert("{'title':'It \\\"stalls\\\"','body':null,'label_ids':['LA_1']}", "{'title':'$r0'}"));

        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.path()).isEqualTo("/graphql");
        assertThat(call.ordinals()).containsExactly(0, 1);
        assertThat(call.write()).isTrue();
        assertThat(call.idempotencyKey()).isNull();
        assertThat(GitHub.document(call)).isEqualTo("""
                        mutation ($r0: CreateIssueInput!, $r1: CreateIssueInput!) {
                        r0: createIssue(input: $r0) { issue { ...row } }
                        r1: createIssue(input: $r1) { issue { ...row } }
                        }
                        """ + ROW);
        assertThat(GitHub.variables(call))
                .isEqualTo(
                        GitHub.json(
                                "{'r0':{'repositoryId':'R_1','title':'It \\\"stalls\\\"','labelIds':['LA_1']},'r1':{'repositoryId':'R_1','title':'$r0'}}"));
    }

    @Test
    void anUpdateNamesTheRowsAndSaysWhatClearsAField() {
        ApiCall call = issues.call(issues.update(
                "{'title':'a','state':'OPEN','state_reason':null}",
                "{'body':null,'label_ids':null,'assignee_ids':null,'milestone_id':null}",
                "{'state':'CLOSED','state_reason':'NOT_PLANNED'}"));

        assertThat(GitHub.document(call)).startsWith("""
                        mutation ($r0: UpdateIssueInput!, $r1: UpdateIssueInput!, $r2: CloseIssueInput!) {
                        r0: updateIssue(input: $r0) { issue { ...row } }
                        r1: updateIssue(input: $r1) { issue { ...row } }
                        r2: closeIssue(input: $r2) { issue { ...row } }
                        }
                        """);
        assertThat(GitHub.variables(call))
                .isEqualTo(
                        GitHub.json(
                                "{'r0':{'id':'I_1','title':'a','state':'OPEN'},'r1':{'id':'I_2','body':'','labelIds':[],'assigneeIds':[],'milestoneId':null},'r2':{'issueId':'I_3','stateReason':'NOT_PLANNED'}}"));
    }

    @Test
    void aDeleteAsksForNothing() {
        ApiCall call = issues.call(issues.delete(2));

        assertThat(GitHub.document(call)).isEqualTo("""
                        mutation ($r0: DeleteIssueInput!, $r1: DeleteIssueInput!) {
                        r0: deleteIssue(input: $r0) { clientMutationId }
                        r1: deleteIssue(input: $r1) { clientMutationId }
                        }""");
        assertThat(GitHub.variables(call)).isEqualTo(GitHub.json("{'r0':{'issueId':'I_1'},'r1':{'issueId':'I_2'}}"));
    }

    @Test
    void labelsAreWrittenLikewise() {
        GitHub labels = GitHub.labels();

        assertThat(GitHub.document(labels.call(labels.insert("{'name':'bug','color':'d73a4a'}"))))
                .isEqualTo("""
                        mutation ($r0: CreateLabelInput!) {
                        r0: createLabel(input: $r0) { label { ...row } }
                        }
                        fragment row on Label { id name color description isDefault url createdAt updatedAt }""");
        assertThat(GitHub.variables(labels.call(labels.update("{'description':null}"))))
                .isEqualTo(GitHub.json("{'r0':{'id':'I_1','description':''}}"));
        assertThat(GitHub.document(labels.call(labels.delete(1)))).contains("deleteLabel(input: $r0)");
    }

    @Test
    void anInsertLeavesItsMarkWhereTheTableWantsOne() {
        GitHub marked = GitHub.issues("body", null);

        ApiCall call = marked.call(marked.insert("{'title':'a','body':'Text'}", "{'title':'b'}"));

        assertThat(GitHub.variables(call).at("/r0/body").asText())
                .isEqualTo("Text\n\n<!-- penstock:" + GitHub.ID + ":0 -->");
        assertThat(GitHub.variables(call).at("/r1/body").asText()).isEqualTo("<!-- penstock:" + GitHub.ID + ":1 -->");
        assertThat(GitHub.variables(marked.call(marked.update("{'body':'b'}")))
                        .at("/r0/body")
                        .asText())
                .isEqualTo("b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "UPDATE|{'state':'closed'}|FORMAT|state|Key (state)=(closed) is not one of CLOSED, OPEN.",
                "UPDATE|{'title':null}|REQUIRED|title|Key (title) is required.",
                "UPDATE|{'state':null}|REQUIRED|state|Key (state) is required.",
                "UPDATE|{'number':7}|READ_ONLY|number|Key (number) cannot be written at the API.",
                "UPDATE|{'label_ids':['a',null]}|FORMAT|label_ids|Key (label_ids)=([\"a\",null]) is not a list of texts.",
                "UPDATE|{'title':'a','state':'CLOSED','state_reason':'COMPLETED'}|RULE|state_reason|Key"
                        + " (state_reason)=(COMPLETED) can be written only by a statement that sets the state to CLOSED and"
                        + " no other column.",
                "UPDATE|{'state_reason':'COMPLETED'}|RULE|state_reason|Key (state_reason)=(COMPLETED) can be written only"
                        + " by a statement that sets the state to CLOSED and no other column.",
                "UPDATE|{'nothing':1}|UNKNOWN_COLUMN|nothing|Column nothing is not mapped to a field of the API.",
                "INSERT|{'body':'b'}|REQUIRED|title|Key (title) is required.",
                "INSERT|{'title':null}|REQUIRED|title|Key (title) is required.",
                "INSERT|{'title':'a','state':'OPEN'}|READ_ONLY|state|Key (state) cannot be written at the API by an"
                        + " INSERT: every issue begins OPEN."
            })
    void whatGitHubCannotBeToldIsRefusedBeforeAnythingIsSent(
            String operation, String row, ErrorClass errorClass, String column, String message) {
        Rejection refusal = issues.refusal(operation.equals("INSERT") ? issues.insert(row) : issues.update(row));

        assertThat(refusal.errorClass()).isEqualTo(errorClass);
        assertThat(refusal.ordinal()).isZero();
        assertThat(refusal.column()).isEqualTo(column);
        assertThat(refusal.message()).isEqualTo(message);
    }

    @Test
    void oneRowMoreThanTheLimitIsRefused() {
        String[] rows = new String[21];
        Arrays.fill(rows, "{'title':'a'}");

        assertThat(issues.refusal(issues.insert(rows)).message())
                .isEqualTo("github.issues takes at most 20 rows per INSERT, the statement has 21.");
        GitHub raised = GitHub.issues(null, new RowLimits(1000, 1000, 1000));
        assertThat(raised.call(raised.insert(rows)).ordinals()).hasSize(21);
        assertThat(raised.refusal(raised.delete(101)).errorClass()).isEqualTo(ErrorClass.TOO_MANY);
        GitHub none = GitHub.issues(null, new RowLimits(1, 1, 0));
        assertThat(none.refusal(none.delete(1)).errorClass()).isEqualTo(ErrorClass.UNSUPPORTED);
    }

    @Test
    void whatItCostsByTheRowsThatAreMade() {
        assertThat(issues.call(issues.insert("{'title':'a'}", "{'title':'b'}")).costs())
                .containsExactlyInAnyOrder(
                        new PermitCost("hourly", 1),
                        new PermitCost("points", 5),
                        new PermitCost("concurrent", 1),
                        new PermitCost("content", 2),
                        new PermitCost("content_hourly", 2));
        assertThat(issues.call(issues.delete(100)).costs())
                .containsExactlyInAnyOrder(
                        new PermitCost("hourly", 3), new PermitCost("points", 5), new PermitCost("concurrent", 1));
        assertThat(GitHubLimits.write(100, 100))
                .as("more than a window holds could never be granted")
                .contains(new PermitCost("content", 80), new PermitCost("content_hourly", 100));
    }

    @Test
    void anUpdateOfLocalColumnsAloneSendsNothing() {
        assertThat(issues.adapter().plan(issues.update("{}", "{}"))).isEqualTo(new Plan.Planned(List.of()));
    }
}
