package io.penstock.adapters.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every request that can be sent is valid by GitHub's published schema: each kind of document, with each column by itself and with all of them,
 * and its variables. Documents hold nothing that a user wrote, so there are no others.
 */
class GitHubDocumentsTest {
    private static final PublishedSchema SCHEMA = new PublishedSchema(Path.of(""));
    private static final String ISSUE =
            "{'title':'t','body':'b','label_ids':['LA_1'],'assignee_ids':[],'milestone_id':'MI_1'}";
    private static final String CHANGE = ISSUE.replace("}", ",'state':'CLOSED','state_reason':null}");
    private static final String NOTHING =
            "{'title':'t','body':null,'label_ids':null,'assignee_ids':null,'milestone_id':null}";
    private static final String LABEL = "{'name':'n','color':'d73a4a','description':null}";

    @Test
    void everyRequestIsValidByThePublishedSchema() throws IOException, InterruptedException {
        assumeTrue(PublishedSchema.isAvailable(), "node and npm are not on the path");
        List<String> requests = requests();

        List<String> problems = SCHEMA.problems(requests);

        assertThat(requests).hasSizeGreaterThan(100);
        for (int i = 0; i < requests.size(); i++) {
            assertThat(problems.get(i)).as(requests.get(i)).isEmpty();
        }
    }

    @Test
    void theCheckFindsWhatIsWrong() throws IOException, InterruptedException {
        assumeTrue(PublishedSchema.isAvailable(), "node and npm are not on the path");

        assertThat(SCHEMA.problems(List.of(
                        "{\"query\":\"{ viewer { nonsense } }\",\"variables\":{}}",
                        "{\"query\":\"query ($id: ID!) { node(id: $id) { id } }\",\"variables\":{}}",
                        "{\"query\":\"{ viewer { login } }\",\"variables\":{\"more\":1}}")))
                .satisfiesExactly(
                        field -> assertThat(field).contains("nonsense"),
                        missing -> assertThat(missing).contains("$id"),
                        more -> assertThat(more).contains("more"));
    }

    private static List<String> requests() {
        List<String> requests = new ArrayList<>();
        for (GitHubObject object : GitHubObject.ALL) {
            add(requests, GitHub.PERSONAL.describe(request(object, List.of(), null)));
            add(requests, table(object, List.of(), null));
            for (GitHubField field : object.fields()) {
                add(requests, table(object, List.of(field.name(), "title", "name"), null));
            }
        }
        add(requests, table(GitHubObject.ISSUES, List.of(), "body"));
        return requests;
    }

    private static TableRequest request(GitHubObject object, List<String> fields, @Nullable String mark) {
        List<String> known =
                fields.stream().filter(name -> object.field(name) != null).toList();
        RowLimits limits = new RowLimits(100, 100, 100);
        Map<String, String> options = Map.of("repository", "octo-org/hello-world");
        return new TableRequest("github", "t", object.name(), known, mark, Map.of(), limits, options);
    }

    /** All that can be asked of one table. */
    private static List<ApiCall> table(GitHubObject object, List<String> fields, @Nullable String mark) {
        GitHub github = GitHub.described(request(object, fields, mark));
        List<ApiCall> calls = new ArrayList<>();
        calls.addAll(github.adapter().readBack(github.table(), List.of("I_1", "I_2")));
        calls.add(github.adapter().list(github.table(), null));
        calls.add(github.adapter().list(github.table(), "cursor"));
        calls.add(github.adapter().changes(github.table(), Instant.EPOCH, "cursor"));
        String bare = object.equals(GitHubObject.ISSUES) ? "{'title':'t'}" : null;
        calls.add(github.call(github.delete(100)));
        if (!fields.isEmpty()) {
            if (bare != null) {
                calls.add(github.call(github.insert(bare)));
                calls.add(github.call(github.update(bare)));
            }
            return calls;
        }
        for (String row : bare == null ? List.of(LABEL) : List.of(ISSUE, NOTHING)) {
            calls.add(github.call(github.insert(row)));
            calls.add(github.call(github.insert(rows(row))));
        }
        for (String row : bare == null
                ? List.of(LABEL)
                : List.of(CHANGE, NOTHING, "{'state':'CLOSED','state_reason':'DUPLICATE'}")) {
            calls.add(github.call(github.update(rows(row))));
        }
        Mutation lost = github.insert(bare == null ? LABEL : ISSUE);
        ApiCall find = github.adapter().findByCorrelation(lost);
        assertThat(find == null).isEqualTo(mark == null);
        if (find != null) {
            calls.add(find);
        }
        return calls;
    }

    private static String[] rows(String row) {
        String[] rows = new String[100];
        Arrays.fill(rows, row);
        return rows;
    }

    private static void add(List<String> requests, List<ApiCall> calls) {
        calls.forEach(call -> requests.add(call.body().text()));
    }
}
