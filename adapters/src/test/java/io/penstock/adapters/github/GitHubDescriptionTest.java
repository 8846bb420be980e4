package io.penstock.adapters.github;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tables of what is known beforehand, of one repository. */
class GitHubDescriptionTest {
    private static final Map<String, String> REPOSITORY = Map.of("repository", "octo-org/hello-world");

    @Test
    void theRepositoryIsLookedUp() {
        var calls = GitHub.PERSONAL.describe(GitHub.request("issues", REPOSITORY));

        assertThat(calls).hasSize(1);
        assertThat(GitHub.variables(calls.getFirst()))
                .isEqualTo(GitHub.json("{'owner':'octo-org','name':'hello-world'}"));
    }

    @Test
    void theTableOfIssues() {
        TableMapping table = GitHub.issues().table();

        assertThat(table.keyColumn()).isEqualTo("id");
        assertThat(table.modifiedColumn()).isEqualTo("updated_at");
        assertThat(table.label()).isEqualTo("Issues of octo-org/hello-world");
        assertThat(table.limits()).isEqualTo(new RowLimits(20, 100, 100));
        assertThat(table.column("title"))
                .isEqualTo(new ColumnMapping("title", "title", ColumnType.TEXT, true, true, false, "Title"));
        assertThat(table.column("state"))
                .isEqualTo(new ColumnMapping("state", "state", ColumnType.TEXT, false, true, true, "OPEN or CLOSED"));
        assertThat(table.column("labels"))
                .isEqualTo(new ColumnMapping(
                        "labels", "labels.name", ColumnType.TEXT_ARRAY, false, false, true, "Names of its labels"));
        assertThat(GitHub.PERSONAL.capabilities(table, Operation.INSERT).maxRows())
                .isEqualTo(20);
        assertThat(GitHub.PERSONAL.capabilities(table, Operation.UPDATE).atomic())
                .isFalse();
    }

    @Test
    void someFieldsUnderOtherNames() {
        TableMapping table = GitHub.described(new TableRequest(
                        "github",
                        "bugs",
                        "issues",
                        List.of("title", "labels.id"),
                        "body",
                        Map.of("node", "id", "tags", "labels.name"),
                        new RowLimits(500, 1, 0),
                        REPOSITORY))
                .table();

        assertThat(table.columns())
                .extracting(ColumnMapping::column)
                .containsExactly("node", "title", "tags", "label_ids", "updated_at");
        assertThat(table.keyColumn()).isEqualTo("node");
        assertThat(table.correlationField()).isEqualTo("body");
        assertThat(table.limits()).isEqualTo(new RowLimits(100, 1, 0));
    }

    @Test
    void whatCannotBeATable() {
        assertThat(refusal(GitHub.request("issues", Map.of()), null).message())
                .isEqualTo("issues needs the option repository as owner/name.");
        assertThat(GitHub.PERSONAL.describe(GitHub.request("issues", Map.of("repository", "x"))))
                .isEmpty();
        assertThat(refusal(GitHub.request("pulls", REPOSITORY), null).errorClass())
                .isEqualTo(ErrorClass.UNSUPPORTED);
        assertThat(refusal(GitHub.request("issues", Map.of("repository", "octo-org/hello-world", "repo", "x")), null)
                        .code())
                .isEqualTo("UNKNOWN_OPTION");
        assertThat(refusal(fields(List.of("title", "colour"), null), null).message())
                .isEqualTo("issues have no field colour.");
        assertThat(refusal(fields(List.of(), "title"), null).errorClass()).isEqualTo(ErrorClass.UNKNOWN_COLUMN);
        assertThat(refusal(
                                fields(List.of(), null),
                                "{'data':{'repository':null},'errors':[{'type':'NOT_FOUND','path':['repository'],'message':'m'}]}")
                        .errorClass())
                .isEqualTo(ErrorClass.FORBIDDEN);
    }

    private static TableRequest fields(List<String> fields, @Nullable String correlation) {
        return new TableRequest("github", "issues", "issues", fields, correlation, Map.of(), null, REPOSITORY);
    }

    private static Rejection refusal(TableRequest request, @Nullable String answer) {
        String body = answer == null ? "{'data':{'repository':{'id':'R_1'}}}" : answer;
        return switch (GitHub.PERSONAL.parseDescription(request, List.of(GitHub.answer(200, body)))) {
            case Reading.Got<TableMapping> got -> throw new AssertionError(got);
            case Reading.Failed<TableMapping>(Failure failure) -> ((Failure.RequestRejected) failure).first();
        };
    }
}
