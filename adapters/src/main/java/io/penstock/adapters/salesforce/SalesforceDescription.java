package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes a table of what the API says about an object. */
final class SalesforceDescription {
    /** What the correlation field is called by our documentation. It is never a column, configured or not. */
    static final String CORRELATION_FIELD = "Penstock_Mutation__c";

    private static final String KEY = "Id";
    private static final String MODIFIED = "SystemModstamp";

    /** The API takes so many records in one collection. */
    static final RowLimits MAXIMA = new RowLimits(200, 200, 200);

    /** The option in which the adapter keeps the fields that the API has as external ids. */
    private static final String EXTERNAL_IDS = "external_ids";

    /** Postgres cuts longer names. */
    private static final int MAX_NAME = 63;

    private SalesforceDescription() {}

    static Reading<TableMapping> parse(TableRequest request, ApiResponse response) {
        return switch (SalesforceReads.document(response)) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode body) ->
                body.path("fields").isArray() ? table(request, body) : SalesforceReads.undecodable();
        };
    }

    private static Reading<TableMapping> table(TableRequest request, JsonNode body) {
        Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        wanted.addAll(request.fields());
        boolean all = wanted.isEmpty();
        wanted.add(KEY);
        wanted.add(MODIFIED);
        Set<String> missing = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        missing.addAll(wanted);
        Map<String, String> given = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        request.columns().forEach((column, field) -> given.put(field, column));
        missing.addAll(given.keySet());
        List<ColumnMapping> columns = new ArrayList<>();
        // What is configured is nobody else's, whatever the order of the fields.
        Set<String> names = new HashSet<>(request.columns().keySet());
        List<String> externalIds = new ArrayList<>();
        String correlation = null;
        for (JsonNode field : body.path("fields")) {
            String name = Json.text(field, "name");
            String type = Json.text(field, "type");
            if (name == null || type == null) {
                return SalesforceReads.undecodable();
            }
            missing.remove(name);
            if (field.path("externalId").asBoolean()) {
                externalIds.add(name);
            }
            String givenName = given.get(name);
            if (name.equalsIgnoreCase(request.correlationField())) {
                correlation = field.path("createable").asBoolean() ? name : null;
            } else if (!name.equalsIgnoreCase(CORRELATION_FIELD)
                    && (all || wanted.contains(name) || givenName != null)) {
                ColumnType columnType = type(field, type);
                if (columnType != null) {
                    columns.add(
                            column(field, name, givenName == null ? columnName(name, names) : givenName, columnType));
                    given.remove(name);
                }
            }
        }
        if (request.correlationField() != null && correlation == null) {
            return refused(request.object() + " has no field " + request.correlationField() + " that can be written.");
        }
        if (!missing.isEmpty()) {
            return refused(request.object() + " has no field " + String.join(", ", missing) + ".");
        }
        if (!given.isEmpty()) {
            return refused(request.object() + "." + String.join(", ", given.keySet()) + " cannot be a column.");
        }
        String key = columnOf(columns, KEY);
        if (key == null) {
            return SalesforceReads.undecodable();
        }
        RowLimits limits = request.limits() == null ? MAXIMA : request.limits().within(MAXIMA);
        return new Reading.Got<>(new TableMapping(
                request.schema(),
                request.table(),
                request.object(),
                key,
                columns,
                correlation,
                columnOf(columns, MODIFIED),
                limits(body, limits),
                Json.text(body, "label"),
                options(request, externalIds)));
    }

    private static Map<String, String> options(TableRequest request, List<String> externalIds) {
        Map<String, String> options = new TreeMap<>(request.options());
        options.put(EXTERNAL_IDS, String.join(",", externalIds));
        return options;
    }

    /** Whether records can be found, and so upserted, by a field. */
    static boolean isExternalId(TableMapping table, String field) {
        return List.of(table.options().getOrDefault(EXTERNAL_IDS, "").split(","))
                .contains(field);
    }

    private static RowLimits limits(JsonNode body, RowLimits limits) {
        return new RowLimits(
                body.path("createable").asBoolean(true) ? limits.insert() : 0,
                body.path("updateable").asBoolean(true) ? limits.update() : 0,
                body.path("deletable").asBoolean(true) ? limits.delete() : 0);
    }

    private static ColumnMapping column(JsonNode field, String name, String column, ColumnType type) {
        return new ColumnMapping(
                column,
                name,
                type,
                field.path("createable").asBoolean(),
                field.path("updateable").asBoolean(),
                field.path("nillable").asBoolean(),
                Json.text(field, "label"));
    }

    /** Null for fields that only bundle others (addresses, locations) or hold files. */
    private static @Nullable ColumnType type(JsonNode field, String type) {
        boolean writable =
                field.path("createable").asBoolean() || field.path("updateable").asBoolean();
        return type(type, field.path("length").asInt(), writable);
    }

    private static @Nullable ColumnType type(String type, int length, boolean writable) {
        return switch (type) {
            case "boolean" -> ColumnType.BOOL;
            case "int", "long" -> ColumnType.WHOLE;
            // without precision: the API keeps more digits than it declares, and RETURNING must not round them
            case "double", "currency", "percent" -> ColumnType.NUMERIC;
            case "date" -> ColumnType.DATE;
            case "time" -> ColumnType.TIME;
            case "datetime" -> ColumnType.TIMESTAMP;
            case "multipicklist" -> ColumnType.TEXT_ARRAY;
            case "address", "location", "base64", "complexvalue" -> null;
            case "string", "textarea", "phone", "url", "email", "encryptedstring" ->
                // what nobody writes needs no limit, and formulas return more than they declare
                writable && length > 0 ? new ColumnType.Text(length) : ColumnType.TEXT;
            default -> ColumnType.TEXT;
        };
    }

    /** {@code FirstName} is {@code first_name}, {@code Note__c} is {@code note}, unless that is taken: then {@code note_c}. */
    static String columnName(String field, Set<String> taken) {
        String bare = field.endsWith("__c") ? field.substring(0, field.length() - 3) : field;
        String name = snake(bare);
        if (!taken.add(name)) {
            name = snake(field);
            for (int i = 2; !taken.add(name); i++) {
                name = snake(field) + "_" + i;
            }
        }
        return name;
    }

    private static String snake(String field) {
        String snake = field.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
                .replaceAll("_+", "_")
                .toLowerCase(Locale.ROOT);
        return snake.length() > MAX_NAME ? snake.substring(0, MAX_NAME) : snake;
    }

    private static @Nullable String columnOf(List<ColumnMapping> columns, String field) {
        for (ColumnMapping column : columns) {
            if (column.field().equals(field)) {
                return column.column();
            }
        }
        return null;
    }

    private static Reading<TableMapping> refused(String message) {
        return new Reading.Failed<>(new Failure.RequestRejected(
                new Rejection(ErrorClass.UNKNOWN_COLUMN, null, null, "UNKNOWN_FIELD", message)));
    }
}
