package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a table of what the definition knows beforehand and what the API says about itself. */
final class DefinitionDescription {
    /** Names inside formulas and queries of an API: nothing that could end them. */
    private static final String UNQUOTABLE = "{}'\"\\`";

    private final DefinitionReads reads;

    DefinitionDescription(DefinitionReads reads) {
        this.reads = reads;
    }

    List<ApiCall> calls(TableRule rule, TableRequest request) {
        DescribeRule describe = rule.describe();
        // without its options the request cannot be made; then the parser says which are missing
        return describe == null || !missingOptions(rule, request).isEmpty()
                ? List.of()
                : List.of(reads.read(describe.request(), TableNames.object(request.object(), options(rule, request))));
    }

    Reading<TableMapping> parse(TableRule rule, TableRequest request, List<ApiResponse> responses) {
        List<String> missing = missingOptions(rule, request);
        if (!missing.isEmpty()) {
            return refused(ErrorClass.RULE, "MISSING_OPTION", request.object() + " needs the options " + missing + ".");
        }
        for (String option : request.options().keySet()) {
            if (!rule.options().containsKey(option)) {
                return refused(ErrorClass.RULE, "UNKNOWN_OPTION", "There is no option " + option + " for tables.");
            }
        }
        DescribeRule describe = rule.describe();
        if (describe == null) {
            return table(rule, request, rule.label(), rule.modifiedColumn(), List.of());
        }
        if (responses.isEmpty()) {
            return DefinitionReads.undecodable();
        }
        return switch (reads.document(responses.getFirst())) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode body) -> described(rule, describe, request, body);
        };
    }

    private static Reading<TableMapping> described(
            TableRule rule, DescribeRule describe, TableRequest request, JsonNode body) {
        JsonNode part = describe.within() == null ? body : named(describe, request, body);
        if (part == null) {
            return refused(ErrorClass.UNSUPPORTED, "UNKNOWN_OBJECT", "The API has no " + request.object() + ".");
        }
        JsonNode fields = part.at(describe.fields());
        if (!fields.isArray()) {
            return DefinitionReads.undecodable();
        }
        List<Described> known = new ArrayList<>();
        String modified = null;
        for (JsonNode field : fields) {
            String name = field.at(describe.name()).asText();
            DescribeRule.TypeRule type = describe.types().stream()
                    .filter(candidate -> candidate.when().hold(field))
                    .findFirst()
                    .orElse(null);
            if (name.isEmpty() || type == null || isTrue(field, describe.skip())) {
                continue;
            }
            boolean write = type.write() && !isTrue(field, describe.readOnly());
            String label = text(field, describe.fieldLabel());
            known.add(new Described(name, type, write, label));
            if (!describe.modified().isEmpty() && describe.modified().hold(field)) {
                modified = name;
            }
        }
        String label = text(part, describe.label());
        return table(rule, request, label == null ? rule.label() : label, modified, known);
    }

    /** A field as the API describes it. */
    private record Described(
            String name,
            DescribeRule.TypeRule type,
            boolean write,
            @Nullable String label) {}

    private static Reading<TableMapping> table(
            TableRule rule,
            TableRequest request,
            @Nullable String label,
            @Nullable String modifiedField,
            List<Described> described) {
        Map<String, String> given = new HashMap<>();
        request.columns().forEach((column, field) -> given.put(field, column));
        Set<String> wanted = new LinkedHashSet<>(request.fields());
        boolean all = wanted.isEmpty();
        wanted.addAll(given.keySet());
        Set<String> names = new LinkedHashSet<>(request.columns().keySet());
        List<ColumnMapping> columns = new ArrayList<>();
        for (ColumnMapping fixed : rule.columns()) {
            String renamed = given.remove(fixed.field());
            wanted.remove(fixed.field());
            String name = renamed == null ? fixed.column() : renamed;
            names.add(name);
            columns.add(renamed == null ? fixed : fixed.named(name));
        }
        String correlation = null;
        for (Described field : described) {
            boolean asked = wanted.remove(field.name());
            if (field.name().equals(request.correlationField())) {
                correlation = field.write() ? field.name() : null;
            } else if ((all || asked || field.name().equals(modifiedField)) && !has(rule, field.name())) {
                String renamed = given.remove(field.name());
                String name = renamed == null ? ColumnNames.of(field.name(), names) : renamed;
                columns.add(new ColumnMapping(
                        name, field.name(), field.type().type(), field.write(), field.write(), true, field.label()));
            }
        }
        String wish = request.correlationField();
        if (wish != null && (correlation == null || wish.chars().anyMatch(c -> UNQUOTABLE.indexOf(c) >= 0))) {
            boolean fixed = rule.describe() == null && rule.correlation() != null;
            if (!fixed) {
                return refused(
                        ErrorClass.UNKNOWN_COLUMN,
                        "UNKNOWN_FIELD",
                        request.object() + " has no field " + wish + " that can be written and searched for.");
            }
            correlation = wish;
        }
        wanted.remove(String.valueOf(wish));
        if (!wanted.isEmpty()) {
            return refused(
                    ErrorClass.UNKNOWN_COLUMN,
                    "UNKNOWN_FIELD",
                    request.object() + " has no field " + String.join(", ", wanted) + ".");
        }
        RowLimits limits =
                request.limits() == null ? rule.defaults() : request.limits().within(rule.maxima());
        return new Reading.Got<>(new TableMapping(
                request.schema(),
                request.table(),
                request.object(),
                columnOf(columns, rule, rule.keyColumn()),
                columns,
                correlation,
                modified(columns, rule, modifiedField),
                limits,
                label,
                options(rule, request)));
    }

    private static boolean has(TableRule rule, String field) {
        return rule.columns().stream().anyMatch(column -> column.field().equals(field));
    }

    /** The name that a column of the definition has in this table. */
    private static String columnOf(List<ColumnMapping> columns, TableRule rule, String fixed) {
        for (int i = 0; i < rule.columns().size(); i++) {
            if (rule.columns().get(i).column().equals(fixed)) {
                return columns.get(i).column();
            }
        }
        return fixed;
    }

    private static @Nullable String modified(List<ColumnMapping> columns, TableRule rule, @Nullable String field) {
        String fixed = rule.modifiedColumn();
        if (fixed != null) {
            return columnOf(columns, rule, fixed);
        }
        return columns.stream()
                .filter(column -> column.field().equals(field))
                .map(ColumnMapping::column)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable JsonNode named(DescribeRule describe, TableRequest request, JsonNode body) {
        for (JsonNode candidate : body.at(describe.within())) {
            for (JsonPointer name : describe.named()) {
                if (candidate.at(name).asText().equals(request.object())) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private static boolean isTrue(JsonNode field, List<JsonPointer> places) {
        return places.stream().anyMatch(place -> field.at(place).asBoolean());
    }

    private static @Nullable String text(JsonNode json, @Nullable JsonPointer at) {
        String text = at == null ? "" : json.at(at).asText();
        return text.isEmpty() ? null : text;
    }

    /** What the requests of the table need to know, by the rule of the table and by its configuration. */
    private static Map<String, String> options(TableRule rule, TableRequest request) {
        Map<String, String> options = new HashMap<>();
        rule.options().forEach((name, option) -> {
            String value =
                    request.options().containsKey(name) ? request.options().get(name) : option.of(request.object());
            if (value != null) {
                options.put(name, value);
            }
        });
        return options;
    }

    private static List<String> missingOptions(TableRule rule, TableRequest request) {
        Map<String, String> options = options(rule, request);
        return rule.options().keySet().stream()
                .filter(name -> !options.containsKey(name))
                .sorted()
                .toList();
    }

    private static Reading<TableMapping> refused(ErrorClass errorClass, String code, String message) {
        return new Reading.Failed<>(new Failure.RequestRejected(new Rejection(errorClass, null, null, code, message)));
    }
}
