package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.definition.ColumnNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The two paths of one kind of record: the collection's, and that of a single one.
 *
 * @param path of the collection, as the document has it
 * @param itemPath of a record; null where there is none
 * @param key the parameter of the item's path that names the record
 */
record Resource(
        String path,
        JsonNode collection,
        @Nullable String itemPath,
        JsonNode item,
        @Nullable String key) {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^{}/]+)}");
    private static final int MOST_SUGGESTED = 30;

    static Resource find(OpenApiDocument document, @Nullable String wanted) throws ImportRefused {
        JsonNode paths = document.root().path("paths");
        if (wanted == null || wanted.isEmpty()) {
            throw new ImportRefused("say which records are meant: --path with one of " + collections(paths));
        }
        String path = wanted.length() > 1 ? wanted.replaceFirst("/+$", "") : wanted;
        String found = null;
        for (Map.Entry<String, JsonNode> each : paths.properties()) {
            if (each.getKey().replaceFirst("(?<=.)/+$", "").equals(path)) {
                found = each.getKey();
            }
        }
        if (found == null) {
            throw new ImportRefused(
                    "the document has no path " + OneLine.of(wanted) + "; it has " + collections(paths));
        }
        for (Map.Entry<String, JsonNode> each : paths.properties()) {
            String rest = each.getKey().startsWith(path + "/")
                    ? each.getKey().substring(path.length() + 1).replaceFirst("/+$", "")
                    : "";
            Matcher parameter = PARAMETER.matcher(rest);
            if (parameter.matches()) {
                return new Resource(
                        found,
                        document.resolved(paths.path(found)),
                        each.getKey(),
                        document.resolved(each.getValue()),
                        parameter.group(1));
            }
        }
        return new Resource(
                found,
                document.resolved(paths.path(found)),
                null,
                document.resolved(paths.path(found)).path("none"),
                null);
    }

    private static String collections(JsonNode paths) {
        TreeSet<String> names = new TreeSet<>();
        paths.properties().forEach(entry -> {
            if (!entry.getKey().endsWith("}")
                    && (entry.getValue().has("get") || entry.getValue().has("$ref"))) {
                names.add(OneLine.of(entry.getKey()));
            }
        });
        List<String> some = names.stream().limit(MOST_SUGGESTED).toList();
        return some.isEmpty()
                ? "no path that lists anything"
                : String.join(", ", some) + (names.size() > some.size() ? ", ..." : "");
    }

    /** What the records are called: the last word of the path that is no parameter. */
    String name() {
        String name = "records";
        for (String part : path.split("/")) {
            if (!part.isEmpty() && !part.contains("{")) {
                name = part;
            }
        }
        return name;
    }

    @Nullable
    ObjectNode operation(OpenApiDocument document, boolean ofItem, String method) throws ImportRefused {
        return document.resolved((ofItem ? item : collection).path(method.toLowerCase(Locale.ROOT)))
                        instanceof ObjectNode operation
                ? operation
                : null;
    }

    /** Parameters of the collection's path: what configuration has to say about a table. */
    List<String> options() {
        List<String> options = new ArrayList<>();
        Matcher parameters = PARAMETER.matcher(path);
        while (parameters.find()) {
            options.add(parameters.group(1));
        }
        return options;
    }

    /** The parameters of an operation and of its path, by name, in one place of the request. */
    Map<String, ObjectNode> parameters(OpenApiDocument document, boolean ofItem, ObjectNode operation, String in)
            throws ImportRefused {
        Map<String, ObjectNode> found = new LinkedHashMap<>();
        for (JsonNode list : List.of((ofItem ? item : collection).path("parameters"), operation.path("parameters"))) {
            for (JsonNode each : list) {
                if (document.resolved(each) instanceof ObjectNode parameter
                        && parameter.path("in").asText().equals(in)) {
                    found.put(parameter.path("name").asText(), parameter);
                }
            }
        }
        return found;
    }

    /** What a definition calls a parameter of the collection's path. */
    static String option(String parameter) {
        return ColumnNames.of(parameter, new LinkedHashSet<>());
    }

    /** One of the two paths as a definition has it. */
    String inDefinition(String documented) {
        String whole = documented.replaceFirst("(?<=.)/+$", "");
        for (String option : options()) {
            whole = whole.replace("{" + option + "}", "${table." + option(option) + "}");
        }
        return key == null ? whole : whole.replace("{" + key + "}", "${row.key}");
    }
}
