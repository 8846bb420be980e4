package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a table of what is known about GitHub beforehand; GitHub is asked for the id of the repository alone. */
final class GitHubDescription {
    static final RowLimits MAXIMA = new RowLimits(100, 100, 100);

    /** Making an issue takes longest, and GitHub ends a document after ten seconds, with an unknown part of it done. */
    static final RowLimits DEFAULTS = new RowLimits(20, 100, 100);

    /** {@code owner/name}, in the table's configuration. */
    static final String REPOSITORY = "repository";

    /** The repository's node id, which is what GraphQL takes. */
    private static final String REPOSITORY_ID = "repository_id";

    private static final String MODIFIED = "updatedAt";
    private static final Pattern FULL_NAME = Pattern.compile("([A-Za-z0-9._-]{1,100})/([A-Za-z0-9._-]{1,100})");

    private final GitHubReads reads;

    GitHubDescription(GitHubReads reads) {
        this.reads = reads;
    }

    static String repositoryId(TableMapping table) {
        return table.options().getOrDefault(REPOSITORY_ID, "");
    }

    List<ApiCall> calls(TableRequest request) {
        Matcher name = FULL_NAME.matcher(request.options().getOrDefault(REPOSITORY, ""));
        return name.matches()
                ? List.of(GitHubReads.read(GraphQlDocuments.repository(name.group(1), name.group(2)), 1))
                : List.of();
    }

    Reading<TableMapping> parse(TableRequest request, List<ApiResponse> responses) {
        String repository = request.options().getOrDefault(REPOSITORY, "");
        if (!FULL_NAME.matcher(repository).matches() || responses.isEmpty()) {
            return refused(
                    ErrorClass.RULE,
                    "MISSING_OPTION",
                    request.object() + " needs the option " + REPOSITORY + " as owner/name.");
        }
        GitHubObject object = GitHubObject.find(request.object());
        if (object == null) {
            return refused(ErrorClass.UNSUPPORTED, "UNKNOWN_OBJECT", "GitHub has no table " + request.object() + ".");
        }
        for (String option : request.options().keySet()) {
            if (!option.equals(REPOSITORY)) {
                return refused(ErrorClass.RULE, "UNKNOWN_OPTION", "There is no option " + option + " for tables.");
            }
        }
        return switch (reads.document(responses.getFirst(), "")) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode data) -> {
                String id = Json.text(data.path(GraphQlDocuments.REPOSITORY), GitHubObject.KEY);
                yield id == null || id.isEmpty()
                        ? GitHubReads.undecodable()
                        : table(request, object, Map.of(REPOSITORY, repository, REPOSITORY_ID, id));
            }
        };
    }

    private static Reading<TableMapping> table(TableRequest request, GitHubObject object, Map<String, String> options) {
        String correlation = request.correlationField();
        if (correlation != null && (object.newest() == null || !correlation.equals(GitHubObject.BODY))) {
            return unknown(object, correlation + " in which an INSERT could leave a mark");
        }
        Map<String, String> given = new HashMap<>();
        request.columns().forEach((column, field) -> given.put(field, column));
        Set<String> missing = new TreeSet<>(request.fields());
        missing.addAll(given.keySet());
        List<ColumnMapping> columns = new ArrayList<>();
        for (GitHubField field : object.fields()) {
            boolean named = missing.remove(field.name());
            boolean always =
                    field.name().equals(GitHubObject.KEY) || field.name().equals(MODIFIED);
            if (named || always || request.fields().isEmpty()) {
                columns.add(field.mapping(given.getOrDefault(field.name(), field.column())));
            }
        }
        if (!missing.isEmpty()) {
            return unknown(object, String.join(", ", missing));
        }
        long names = columns.stream().map(ColumnMapping::column).distinct().count();
        if (names < columns.size()) {
            return refused(ErrorClass.RULE, "DUPLICATE_COLUMN", "Two fields of " + object.name() + " have one column.");
        }
        RowLimits limits = request.limits();
        return new Reading.Got<>(new TableMapping(
                request.schema(),
                request.table(),
                request.object(),
                column(columns, GitHubObject.KEY),
                columns,
                correlation,
                column(columns, MODIFIED),
                limits == null ? DEFAULTS : limits.within(MAXIMA),
                object.type() + "s of " + options.get(REPOSITORY),
                options));
    }

    private static String column(List<ColumnMapping> columns, String field) {
        return columns.stream()
                .filter(column -> column.field().equals(field))
                .map(ColumnMapping::column)
                .findFirst()
                .orElseThrow();
    }

    private static Reading<TableMapping> unknown(GitHubObject object, String field) {
        return refused(ErrorClass.UNKNOWN_COLUMN, "UNKNOWN_FIELD", object.name() + " have no field " + field + ".");
    }

    private static Reading<TableMapping> refused(ErrorClass errorClass, String code, String message) {
        return new Reading.Failed<>(new Failure.RequestRejected(new Rejection(errorClass, null, null, code, message)));
    }
}
