package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.definition.yaml.Section;
import io.penstock.adapters.definition.yaml.Yaml;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads requests, and checks that each placeholder stands where it has a value. */
final class RequestReader {
    private static final Map<String, RequestRule.Encoding> ENCODINGS =
            Map.of("json", RequestRule.Encoding.JSON, "form", RequestRule.Encoding.FORM);

    /** What a request is for, which decides what it can name. */
    enum Use {
        /** One row; also one of several that take a request each. */
        ROW(Set.of(
                TableNames.MUTATION, TableNames.KEY, TableNames.KEY_NUMBER, TableNames.REFERENCE, TableNames.COLUMNS)),
        /** All rows of a statement. */
        ROWS(Set.of(TableNames.MUTATION, TableNames.ROWS, TableNames.KEYS)),
        /** One row by its key. */
        KEY(Set.of(TableNames.FIELDS, TableNames.KEY, TableNames.KEY_NUMBER)),
        /** Several rows by their keys. */
        KEYS(Set.of(TableNames.FIELDS, TableNames.ROWS, TableNames.KEYS)),
        /** The rows of an INSERT by what was left in them. */
        CORRELATION(Set.of(TableNames.FIELDS, TableNames.MUTATION, TableNames.CORRELATION, TableNames.ROWS)),
        LIST(Set.of(TableNames.FIELDS, TableNames.CURSOR)),
        CHANGES(Set.of(TableNames.FIELDS, TableNames.CURSOR, TableNames.SINCE)),
        DESCRIBE(Set.of()),
        UPSERT(Set.of(TableNames.MUTATION, TableNames.ROWS, TableNames.KEYS, TableNames.UPSERT));

        @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
        private final Set<String> names;

        Use(Set<String> names) {
            this.names = names;
        }
    }

    /** What the template of a row in {@code ${rows}} can name. */
    private static final Map<Use, Set<String>> IN_ROW = Map.of(
            Use.ROWS,
                    Set.of(
                            TableNames.MUTATION,
                            TableNames.KEY,
                            TableNames.KEY_NUMBER,
                            TableNames.REFERENCE,
                            TableNames.COLUMNS),
            Use.KEYS, Set.of(TableNames.KEY, TableNames.KEY_NUMBER),
            Use.CORRELATION, Set.of(TableNames.MUTATION, TableNames.REFERENCE, TableNames.CORRELATION),
            Use.UPSERT,
                    Set.of(
                            TableNames.MUTATION,
                            TableNames.REFERENCE,
                            TableNames.COLUMNS,
                            TableNames.UPSERT,
                            TableNames.UPSERTED));

    private final Set<String> buckets;
    private final Set<String> options;

    /**
     * @param buckets names of the limits
     * @param options names of the table's options
     */
    RequestReader(Set<String> buckets, Set<String> options) {
        this.buckets = buckets;
        this.options = options;
    }

    /** The request of a section, which is then read to its end. */
    RequestRule read(Section section, Use use) {
        String method = section.requiredText("method").toUpperCase(Locale.ROOT);
        if (!method.isEmpty() && !RequestRule.METHODS.contains(method)) {
            section.mistake("method", "is none of " + String.join(", ", RequestRule.METHODS));
        }
        Template path = path(section, use);
        Map<String, JsonNode> query = new LinkedHashMap<>();
        Section parameters = section.section("query");
        if (parameters != null) {
            for (String name : parameters.keys()) {
                Yaml value = parameters.value(name);
                if (value instanceof Yaml.Mapping) {
                    parameters.mistake(name, "is a section; a parameter is a text or a list of texts");
                } else if (value != null) {
                    query.put(name, value.json());
                    check(parameters, name, Template.names(value.json()), names(use));
                }
            }
        }
        RequestRule.Encoding encoding = section.choice("encoding", ENCODINGS);
        JsonNode body = json(section, "body", names(use));
        JsonNode row = json(section, "row", IN_ROW.getOrDefault(use, Set.of()));
        if (row != null && !IN_ROW.containsKey(use)) {
            section.mistake("row", "has no meaning here: the request is about one row");
        }
        boolean repeats = body != null && Template.names(body).contains(TableNames.ROWS);
        if (repeats != (row != null)) {
            section.mistake(
                    repeats ? "body" : "row", "needs both ${rows} in the body and a row that says what it repeats");
        }
        Map<String, Integer> costs = costs(section);
        section.done();
        return new RequestRule(
                method, path, query, encoding == null ? RequestRule.Encoding.JSON : encoding, body, row, costs);
    }

    private Template path(Section section, Use use) {
        String path = section.requiredText("path");
        Template template = Template.of(path);
        if (section.has("path")) {
            check(section, "path", template.names(), names(use));
            if (!path.startsWith("/") || path.startsWith("//")) {
                section.mistake("path", "does not begin with one slash: it is relative to base_url");
            }
        }
        return template;
    }

    private Map<String, Integer> costs(Section section) {
        Map<String, Integer> costs = new LinkedHashMap<>();
        Section below = section.section("costs");
        if (below != null) {
            for (String bucket : below.keys()) {
                costs.put(bucket, below.number(bucket, 1, 1, 1_000_000));
                if (!buckets.contains(bucket)) {
                    below.mistakes()
                            .add(below.line(bucket), below.path(bucket), "is no limit of this API", bucket, buckets);
                }
            }
        }
        return costs;
    }

    private @Nullable JsonNode json(Section section, String key, Set<String> known) {
        Yaml value = section.value(key);
        if (value == null) {
            return null;
        }
        check(section, key, Template.names(value.json()), known);
        return value.json();
    }

    private Set<String> names(Use use) {
        return use.names;
    }

    private void check(Section section, String key, Set<String> names, Set<String> known) {
        Set<String> all = new LinkedHashSet<>(known);
        all.add(TableNames.OBJECT);
        options.forEach(option -> all.add(TableNames.OPTION + option));
        for (String name : names) {
            if (!all.contains(name)) {
                section.mistakes()
                        .add(
                                section.line(key),
                                section.path(key),
                                "names ${" + name + "}, which has no value here; known are " + new TreeSet<>(all),
                                name,
                                all);
            }
        }
    }
}
