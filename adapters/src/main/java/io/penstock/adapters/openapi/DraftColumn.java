package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of the record as a column.
 *
 * @param type as a definition names it
 * @param doubt why somebody should look at it, or null
 */
record DraftColumn(
        String name,
        String field,
        String type,
        boolean insert,
        boolean update,
        boolean nullable,
        @Nullable String label,
        @Nullable String doubt) {
    private static final int LONGEST_LABEL = 100;
    private static final int LONGEST_VARCHAR = 10_485_760;
    private static final int MOST_WORDS = 12;

    /**
     * @param schema whole
     * @param required the API always has a value
     */
    static DraftColumn of(
            Schemas schemas,
            String name,
            String field,
            ObjectNode schema,
            boolean insert,
            boolean update,
            boolean required)
            throws ImportRefused {
        boolean readOnly = schema.path("readOnly").asBoolean();
        boolean nullable = schema.path("nullable").asBoolean() || !required;
        String[] type = type(schemas, schema, (insert || update) && !readOnly);
        return new DraftColumn(
                name,
                field,
                type[0],
                insert && !readOnly,
                update && !readOnly,
                nullable,
                label(schema),
                type[1].isEmpty() ? null : type[1]);
    }

    /** The type, and what is doubtful about it. */
    private static String[] type(Schemas schemas, ObjectNode schema, boolean written) throws ImportRefused {
        if (schema.path(Schemas.MIXED).asBoolean()) {
            return new String[] {"jsonb", "the document allows several types here"};
        }
        String format = schema.path("format").asText();
        return switch (schema.path("type").asText()) {
            case "string" -> new String[] {text(schema, format, written), doubtOf(format)};
            case "integer" -> new String[] {"bigint", epoch(schema, format)};
            case "number" -> new String[] {"numeric", ""};
            case "boolean" -> new String[] {"boolean", ""};
            case "array" ->
                new String[] {schemas.items(schema).path("type").asText().equals("string") ? "text[]" : "jsonb", ""};
            case "object" ->
                new String[] {
                    "jsonb",
                    schema.path("properties").isEmpty()
                            ? ""
                            : "its members may be columns of their own, with a field such as /address/city"
                };
            default -> new String[] {"jsonb", "the document gives it no type"};
        };
    }

    private static String text(ObjectNode schema, String format, boolean written) {
        return switch (format) {
            case "date" -> "date";
            case "date-time" -> "timestamptz";
            case "time" -> "time";
            default -> {
                int longest = schema.path("maxLength").asInt(0);
                // What nobody writes needs no limit.
                yield written && longest > 0 && longest <= LONGEST_VARCHAR ? "varchar(" + longest + ")" : "text";
            }
        };
    }

    private static String doubtOf(String format) {
        return switch (format) {
            case "byte", "binary" -> "it holds bytes, as text";
            case "decimal", "money" -> "a number in a text: numeric with encoding {numbers: text}, perhaps";
            default -> "";
        };
    }

    private static String epoch(ObjectNode schema, String format) {
        String said = (schema.path("description").asText() + " " + format).toLowerCase(java.util.Locale.ROOT);
        return said.contains("timestamp") || said.contains("epoch") || said.contains("unix")
                ? "a time as a number: timestamptz with encoding {timestamps: epoch_seconds}, perhaps"
                : "";
    }

    private static @Nullable String label(ObjectNode schema) {
        String said = schema.path("title").asText();
        if (said.isBlank()) {
            said = schema.path("description").asText();
        }
        String line = OneLine.of(said).replaceFirst("(?<=[.!?]) .*$", "").replaceFirst("\\.$", "");
        List<String> words = new ArrayList<>();
        for (JsonNode value : schema.path("enum")) {
            if (!value.isNull() && words.size() < MOST_WORDS) {
                words.add(OneLine.of(value.asText()));
            }
        }
        String label = words.isEmpty()
                ? line
                : line.isEmpty() ? String.join(", ", words) : line + ": " + String.join(", ", words);
        if (label.isBlank()) {
            return null;
        }
        return label.length() <= LONGEST_LABEL
                ? label
                : label.substring(
                                0,
                                label.offsetByCodePoints(
                                        0, Math.min(LONGEST_LABEL - 4, label.codePointCount(0, label.length()) - 1)))
                        + " ...";
    }

    /** {@code {type: text, field: /name, write: true}}. */
    String yaml() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("type", type.matches("[a-z]+") ? type : "'" + type + "'");
        entries.put("field", DraftText.scalar("/" + field.replace("~", "~0").replace("/", "~1")));
        if (insert && update) {
            entries.put("write", "true");
        } else if (insert || update) {
            entries.put("write", insert ? "insert" : "update");
        }
        if (!nullable) {
            entries.put("nullable", "false");
        }
        if (label != null) {
            entries.put("label", DraftText.scalar(label));
        }
        return DraftText.flow(entries);
    }
}
