package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Operation;
import io.penstock.adapters.definition.yaml.Section;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one table of a definition. */
final class TableReader {
    /** What keys look like where the definition does not say: nothing that means something in a path, a query or a list. */
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]{1,255}");

    private static final Pattern COLUMN = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private final Section section;
    private final Values encoding;
    private final RequestReader requests;
    private final Map<String, TableRule.Option> options;
    private final Map<String, Values> encodings = new LinkedHashMap<>();

    private TableReader(Section section, Values encoding, Set<String> buckets) {
        this.section = section;
        this.encoding = ValuesReader.read(section.section("encoding"), encoding);
        this.options = section.each("options", TableReader::option);
        this.requests = new RequestReader(buckets, options.keySet());
    }

    /**
     * @param encoding how the API writes values where the table says nothing else
     * @param buckets names of the limits
     */
    static TableRule read(Section section, Values encoding, Set<String> buckets) {
        return new TableReader(section, encoding, buckets).table();
    }

    private TableRule table() {
        String label = section.text("label");
        JsonPointer values = Pointers.or(section, "values", "");
        Section key = section.required("key") == null ? null : section.section("key");
        String keyColumn = key == null ? "id" : key.requiredText("column");
        Pattern keyPattern = key == null ? null : Pointers.pattern(key, "matches");
        List<ColumnMapping> columns = new ArrayList<>();
        if (key != null) {
            String field = key.requiredText("field");
            columns.add(new ColumnMapping(
                    name(key, "column", keyColumn),
                    field.isEmpty() ? "/id" : field,
                    ColumnType.TEXT,
                    false,
                    false,
                    false,
                    key.text("label")));
            key.done();
        }
        columns(columns, new FieldPaths(values));
        String modified = section.text("modified");
        if (modified != null) {
            Set<String> names = new LinkedHashSet<>();
            columns.forEach(column -> names.add(column.column()));
            if (!names.contains(modified)) {
                section.mistakes()
                        .add(section.line("modified"), section.path("modified"), "is no column", modified, names);
                modified = null;
            }
        }
        VerbReader verbs = new VerbReader(requests);
        Map<Operation, VerbRule> written = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            Section verb = section.section(operation.name().toLowerCase(Locale.ROOT));
            if (verb != null) {
                written.put(operation, verbs.read(verb, operation));
            }
        }
        Section upsert = section.section("upsert");
        ReadReader reads = new ReadReader(requests);
        TableRule table = new TableRule(
                label,
                columns.isEmpty() ? keyColumn : columns.getFirst().column(),
                keyPattern == null ? PLAIN_KEY : keyPattern,
                values,
                columns,
                modified,
                encoding,
                encodings,
                written,
                upsert == null ? null : verbs.upsert(upsert),
                reads.byKey(section),
                reads.byCorrelation(section.section("correlation")),
                reads.list(section),
                reads.changes(section.section("changes")),
                reads.describe(section.section("describe")),
                options);
        section.done();
        return table;
    }

    private void columns(List<ColumnMapping> columns, FieldPaths paths) {
        Section all = section.section("columns");
        if (all == null) {
            return;
        }
        Set<String> fields = new LinkedHashSet<>();
        columns.forEach(column -> fields.add(column.field()));
        for (String name : all.keys()) {
            Section one = all.section(name);
            if (one == null) {
                continue;
            }
            ColumnType type = ValuesReader.type(one, "type");
            String given = one.text("field");
            String field = given == null || given.isEmpty() ? name : given;
            Set<String> write = write(one);
            if (!write.isEmpty() && !paths.isWritable(field)) {
                one.mistake("write", "is for a field outside of values: only what lies within is sent");
            }
            if (!fields.add(field)) {
                one.mistake("field", "is the field of another column too");
            }
            if (columns.stream().anyMatch(column -> column.column().equals(name))) {
                all.mistake(name, "is the key already");
            }
            Section own = one.section("encoding");
            if (own != null) {
                encodings.put(field, ValuesReader.read(own, encoding));
            }
            columns.add(new ColumnMapping(
                    name(all, name, name),
                    field,
                    type,
                    write.contains("insert"),
                    write.contains("update"),
                    one.truth("nullable", true),
                    one.text("label")));
            one.done();
        }
    }

    /** {@code true}, {@code false}, or a list of insert and update. */
    private static Set<String> write(Section column) {
        Set<String> write = new LinkedHashSet<>();
        for (String word : column.texts("write")) {
            switch (word) {
                case "true" -> write.addAll(List.of("insert", "update"));
                case "false" -> {
                    // never written, as without the key
                }
                case "insert", "update" -> write.add(word);
                default -> column.mistake("write", "has \"" + word + "\", and not true, false, insert or update");
            }
        }
        return write;
    }

    private static String name(Section section, String key, String name) {
        if (!name.isEmpty() && !COLUMN.matcher(name).matches()) {
            section.mistake(key, "is no plain name of a column: small letters, digits and _");
        }
        return name.isEmpty() ? "id" : name;
    }

    private static TableRule.@Nullable Option option(Section section) {
        TableRule.Option option = new TableRule.Option(section.text("default"), section.textMap("objects"));
        section.truth("required", false);
        section.done();
        return option;
    }
}
