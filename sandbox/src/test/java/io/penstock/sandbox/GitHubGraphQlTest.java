package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.github.GitHubConfig;
import io.penstock.sandbox.server.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GraphQL: what a document may say, what becomes of its fields, and how each failure is told. */
class GitHubGraphQlTest {
    private final GitHubSandbox sandbox =
            GitHubSandbox.start(GitHubConfig.defaults().withData(3).withLimits(GitHubConfig.Limits.NONE));
    private final GitHubHttp github = new GitHubHttp(sandbox);
    private final String repository =
            sandbox.objects("repository").getFirst().path("node_id").asText();
    private final String issue =
            sandbox.objects("issue").getFirst().path("node_id").asText();

    @AfterEach
    void close() {
        github.close();
        sandbox.close();
    }

    @Test
    void aliasesFragmentsDirectivesAndVariables() throws Exception {
        String document = """
                # A comment, and commas that mean nothing
                query Q($id: ID!, $more: Boolean = false, $count: Int! = 2) {
                  a: node(id: $id) { ...on Issue { n: number, number ...Title } __typename },
                  node(id: $id) { ...on Repository { name } }
                  repository(owner: "octo-org", name: "hello-world") {
                    labels(first: $count) { nodes { name @skip(if: true) color @include(if: $more) id: name } totalCount }
                    labels(first: $count) { pageInfo { hasNextPage } }
                  }
                }
                fragment Title on Issue { title }
                """;
        Answer answer =
                github.graphQl(document, new ObjectMapper().createObjectNode().put("id", issue));
        assertThat(answer.body().path("errors").isMissingNode()).isTrue();
        assertThat(answer.at("data/a/n")).isEqualTo("1");
        assertThat(answer.at("data/a/title")).isNotEmpty();
        assertThat(answer.body().at("/data/node")).isEmpty();
        assertThat(answer.body().at("/data/repository/labels").toString())
                .isEqualTo("{\"nodes\":[{\"id\":\"bug\"},{\"id\":\"enhancement\"}],\"totalCount\":3,"
                        + "\"pageInfo\":{\"hasNextPage\":true}}");
    }

    @Test
    void textsAsGraphQlWritesThem() {
        Answer answer = github.graphQl("mutation { createIssue(input: {repositoryId: \"" + repository
                + "\", title: \"a\\u00e9\\\"\\n\\t\\\\b\", body: \"\"\"\n    one\n      two\n    \\\"\"\"\n  \"\"\"})"
                + " { issue { title body } } }");
        assertThat(answer.at("data/createIssue/issue/title")).isEqualTo("aé\"\n\t\\b");
        assertThat(answer.at("data/createIssue/issue/body")).isEqualTo("one\n  two\n\"\"\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            query {|Unexpected end of document
            query { a ! }|Parse error on "!" (PUNCTUATION) at [1, 11]
            query { a % }|Parse error on "%" (error) at [1, 11]
            subscription { a }|Parse error on "subscription" (NAME) at [1, 1]
            { viewer { ...None } }|Fragment None was used, but not defined
            { viewer { ...F } } fragment F on User { ...F }|Fragment F contains an infinite loop
            query A { viewer { id } } query B { viewer { id } }|An operation name is required
            query ($x: Int) { viewer { id } }|Variable $x is declared by anonymous query but not used
            { viewer { ... on Nothing { id } } }|No such type Nothing, so it can't be a fragment condition
            { nonsense }|Field 'nonsense' doesn't exist on type 'Query'
            mutation { viewer { id } }|Field 'viewer' doesn't exist on type 'Mutation'
            mutation { deleteIssue(input: {}) { clientMutationId } }|Argument 'input' on Field 'deleteIssue' has an invalid value ({}). Expected type 'DeleteIssueInput!'.
            { repository(owner: 1, name: "x") { id } }|Argument 'owner' on Field 'repository' has an invalid value (1). Expected type 'String!'.
            query ($n: Int!) { repository(owner: "octo-org", name: "hello-world") { issue(number: $n) { id } } }|Variable $n of type Int! was provided invalid value (Expected value to not be null)
            """)
    void whatADocumentCannotSay(String document, String message) {
        Answer answer = github.graphQl(document);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/errors/0/message")).isEqualTo(message);
    }

    @Test
    void noDocumentAtAll() {
        assertThat(github.http().post("/graphql", "{\"variables\":{}}").at("/errors/0/message"))
                .isEqualTo("A query attribute must be specified and must be a string.");
        assertThat(github.http().post("/graphql", "{").status()).isEqualTo(400);
        assertThat(github.http().get("/graphql").status()).isEqualTo(404);
        assertThat(github.problem("{ viewer ".repeat(150))).isEqualTo("Query is nested too deeply");
        String deep = "{ node(id: " + "[".repeat(150) + "]".repeat(150) + ") { id } }";
        assertThat(github.problem(deep)).isEqualTo("Query is nested too deeply");
    }

    @Test
    void fieldsFailOnTheirOwnAndNothingIsUndone() {
        Answer answer = github.graphQl("mutation { r0: deleteIssue(input: {issueId: \"" + issue
                + "\"}) { clientMutationId } r1: deleteIssue(input: {issueId: \"" + issue
                + "\"}) { clientMutationId } r2: updateIssue(input: {id: \"" + repository
                + "\"}) { issue { id } } r3: createIssue(input: {repositoryId: \"" + repository
                + "\", title: \"kept\"}) { issue { title } } }");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("data/r3/issue/title")).isEqualTo("kept");
        assertThat(answer.body().at("/data/r1").isNull()).isTrue();
        assertThat(answer.at("/errors/0/type")).isEqualTo("NOT_FOUND");
        assertThat(answer.at("/errors/0/path/0")).isEqualTo("r1");
        assertThat(answer.at("/errors/0/locations/0/line")).isEqualTo("1");
        assertThat(answer.at("/errors/1/message"))
                .isEqualTo("Could not resolve to Issue node with the global id of '" + repository + "'.");
        assertThat(sandbox.requests().getLast().rows()).isEqualTo(2);
    }

    @Test
    void aWrongValueIsFoundBeforeAnythingIsDone() {
        Answer answer = github.graphQl("mutation { r0: deleteIssue(input: {issueId: \"" + issue
                + "\"}) { clientMutationId } r1: deleteIssue(input: {}) { clientMutationId } }");
        assertThat(answer.body().path("data").isMissingNode()).isTrue();
        assertThat(sandbox.objects("issue")).hasSize(4);
    }

    @Test
    void nodesOfWhichOneIsNotThere() {
        Answer answer = github.graphQl("{ nodes(ids: [\"" + issue + "\", \"none\"]) { id } }");
        assertThat(answer.at("data/nodes/0/id")).isEqualTo(issue);
        assertThat(answer.body().at("/data/nodes/1").isNull()).isTrue();
        assertThat(answer.body().at("/errors/0/path").toString()).isEqualTo("[\"nodes\",1]");
    }

    @Test
    void rulesOfIssues() {
        assertThat(github.create(repository, " ").at("/errors/0/message")).isEqualTo("Title can't be blank");
        assertThat(github.create(repository, "x".repeat(257)).at("/errors/0/message"))
                .isEqualTo("Title is too long (maximum is 256 characters)");
        sandbox.faults().next(new Fault.RefuseRecords("FORBIDDEN", "no"));
        Answer refused = github.create(repository, "x");
        assertThat(refused.at("/errors/0/type")).isEqualTo("FORBIDDEN");
        assertThat(sandbox.objects("issue")).hasSize(4);
    }

    @Test
    void labelsAndTheirRules() {
        String create = "mutation { createLabel(input: {repositoryId: \"" + repository
                + "\", name: \"%s\", color: \"%s\"}) { label { id name color description updatedAt } } }";
        Answer made = github.graphQl(create.formatted("slow", "FF0000"));
        assertThat(made.at("data/createLabel/label/color")).isEqualTo("ff0000");
        assertThat(made.body().at("/data/createLabel/label/description").isNull())
                .isTrue();
        assertThat(github.problem(create.formatted("SLOW", "ff0000"))).isEqualTo("Name has already been taken");
        assertThat(github.problem(create.formatted(" ", "ff0000"))).isEqualTo("Name can't be blank");
        assertThat(github.problem(create.formatted("x", "red"))).isEqualTo("Color is invalid");
        String id = made.at("data/createLabel/label/id");
        String update = "mutation { updateLabel(input: {id: \"" + id + "\", %s}) { label { name description } } }";
        assertThat(github.graphQl(update.formatted("description: \"Takes its time\""))
                        .at("data/updateLabel/label/description"))
                .isEqualTo("Takes its time");
        assertThat(github.graphQl(update.formatted("name: \"Slow\"")).at("data/updateLabel/label/name"))
                .isEqualTo("Slow");
        String delete = "mutation { deleteLabel(input: {id: \"" + id + "\"}) { clientMutationId } }";
        assertThat(github.graphQl(delete).body().has("errors")).isFalse();
        assertThat(github.problem(delete)).contains("Could not resolve to a node");
    }

    @Test
    void aLabelThatIsDeletedLeavesItsIssues() {
        String bug = sandbox.objects("label").getFirst().path("node_id").asText();
        String change = "mutation { updateIssue(input: {id: \"" + issue + "\", labelIds: [\"" + bug
                + "\"]}) { issue { labels(first: 9) { totalCount } } } }";
        assertThat(github.graphQl(change).at("data/updateIssue/issue/labels/totalCount"))
                .isEqualTo("1");
        github.graphQl("mutation { deleteLabel(input: {id: \"" + bug + "\"}) { clientMutationId } }");
        assertThat(github.graphQl("{ node(id: \"" + issue + "\") { ...on Issue { labels(first: 9) { totalCount } } } }")
                        .at("data/node/labels/totalCount"))
                .isEqualTo("0");
    }

    @Test
    void aMilestoneIsSetAndTakenAway() {
        String milestone =
                sandbox.objects("milestone").getFirst().path("node_id").asText();
        String change = "mutation { updateIssue(input: {id: \"" + issue
                + "\", milestoneId: %s}) { issue { milestone { title number } } } }";
        assertThat(github.graphQl(change.formatted("\"" + milestone + "\""))
                        .at("data/updateIssue/issue/milestone/title"))
                .isEqualTo("First release");
        assertThat(github.graphQl(change.formatted("null"))
                        .body()
                        .at("/data/updateIssue/issue/milestone")
                        .isNull())
                .isTrue();
    }

    @Test
    void pagesFromBothEnds() {
        String issues = "{ repository(owner: \"octo-org\", name: \"hello-world\") { issues(%s) { nodes { number }"
                + " pageInfo { hasPreviousPage startCursor endCursor } } } }";
        String at = "/data/repository/issues/";
        Answer last = github.graphQl(issues.formatted("last: 2"));
        assertThat(last.at(at + "nodes/0/number")).isEqualTo("2");
        assertThat(last.at(at + "pageInfo/hasPreviousPage")).isEqualTo("true");
        Answer before =
                github.graphQl(issues.formatted("last: 2, before: \"" + last.at(at + "pageInfo/startCursor") + "\""));
        assertThat(before.body().at(at + "nodes")).hasSize(1);
        assertThat(github.graphQl(issues.formatted("first: 101")).at("/errors/0/type"))
                .isEqualTo("EXCESSIVE_PAGINATION");
        assertThat(github.graphQl(issues.formatted("first: -1")).at("/errors/0/type"))
                .isEqualTo("NEGATIVE_PAGINATION");
        assertThat(github.graphQl(issues.formatted("first: 1, after: \"x\"")).at("/errors/0/type"))
                .isEqualTo("INVALID_CURSOR_ARGUMENTS");
    }

    @Test
    void aDocumentThatIsCutOff() {
        sandbox.cutOffAfter(1);
        String create = "createIssue(input: {repositoryId: \"" + repository + "\", title: \"t\"}) { clientMutationId }";
        Answer answer = github.graphQl("mutation { a: " + create + " b: " + create + " }");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(sandbox.objects("issue")).hasSize(5);
    }
}
