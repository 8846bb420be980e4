package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.definition.ColumnNames;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the first draft of a definition of what an OpenAPI document says about one kind of record. What the document leaves open stands in the draft
 * as a comment that begins with {@code decide:}; nothing is guessed that would send something wrong.
 */
public final class OpenApiImport {
    private static final List<String> KEYS = List.of("id", "uuid");

    private static final List<String> MODIFIED = List.of(
            "updated_at",
            "updatedat",
            "modified_at",
            "modifiedat",
            "changed_at",
            "changedat",
            "last_modified",
            "lastmodified",
            "last_modified_at",
            "lastmodifiedat",
            "last_modified_date",
            "lastmodifieddate",
            "updated",
            "modified",
            "update_time",
            "updatetime",
            "updated_time",
            "date_updated",
            "date_modified");

    private final OpenApiDocument document;
    private final Schemas schemas;
    private final Bodies bodies;
    private final Resource resource;
    private final DraftText text = new DraftText();

    private final @Nullable ObjectNode list;
    private final @Nullable ObjectNode get;
    private final @Nullable ObjectNode create;

    private Set<String> known = new LinkedHashSet<>();
    private String keyField = "id";
    private boolean keyIsGuessed = true;

    /**
     * A draft.
     *
     * @param yaml the definition
     * @param decisions how many things it leaves to a person
     */
    public record Draft(String yaml, int decisions) {}

    private OpenApiImport(OpenApiDocument document, Resource resource) throws ImportRefused {
        this.document = document;
        this.schemas = new Schemas(document);
        this.bodies = new Bodies(document, schemas);
        this.resource = resource;
        this.list = resource.operation(document, false, "get");
        this.create = resource.operation(document, false, "post");
        this.get = resource.operation(document, true, "get");
    }

    /**
     * A draft of the definition.
     *
     * @param text of the document, JSON or YAML
     * @param path of the collection, such as {@code /contacts}
     * @throws ImportRefused where no draft can be made of it, with the reason
     */
    public static Draft draft(String text, @Nullable String path) throws ImportRefused {
        OpenApiDocument document = OpenApiDocument.read(text);
        return new OpenApiImport(document, Resource.find(document, path)).draft();
    }

    private Draft draft() throws ImportRefused {
        Set<String> keys = new LinkedHashSet<>(KEYS);
        if (resource.key() != null) {
            keys.add(resource.key());
            keys.add(ColumnNames.of(resource.key(), new LinkedHashSet<>()));
        }
        RecordPlace ofItem = place(bodies.success(get), keys);
        RecordPlace ofList = place(bodies.success(list), keys);
        RecordPlace ofCreate = place(bodies.success(create), keys);
        RecordPlace best = ofItem != null ? ofItem : ofList != null ? ofList : ofCreate;
        if (best == null) {
            throw new ImportRefused("no answer of " + OneLine.of(resource.path())
                    + " has a schema of JSON objects, so there is nothing to make columns of");
        }
        Map<String, ObjectNode> fields = new LinkedHashMap<>();
        for (RecordPlace place : new RecordPlace[] {ofItem, ofList, ofCreate}) {
            if (place != null) {
                for (Map.Entry<String, ObjectNode> field :
                        schemas.fields(place.record()).entrySet()) {
                    fields.putIfAbsent(field.getKey(), field.getValue());
                }
            }
        }
        known = new LinkedHashSet<>(fields.keySet());
        key(fields);
        // Again, now that it is known what a record looks like.
        ofItem = place(bodies.success(get), Set.of(keyField));
        ofList = place(bodies.success(list), Set.of(keyField));
        head();
        new SecurityDraft(document, text).write(create != null ? create : list != null ? list : get);
        limits();
        errors();
        table(fields, best.record(), ofItem, ofList);
        return new Draft(text.toString(), text.decisions());
    }

    private @Nullable RecordPlace place(@Nullable ObjectNode body, Set<String> names) throws ImportRefused {
        return body == null ? null : RecordPlace.find(schemas, body, resource.name(), names);
    }

    /** The field that a single record's path asks for. */
    private void key(Map<String, ObjectNode> fields) {
        String parameter = resource.key();
        for (String candidate : new String[] {parameter, "id", snake(parameter), "uuid", "key", "name"}) {
            if (candidate != null && fields.containsKey(candidate)) {
                keyField = candidate;
                keyIsGuessed = parameter != null && !candidate.equals(parameter) && !candidate.equals("id");
                return;
            }
        }
        fields.keySet().stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).endsWith("id"))
                .findFirst()
                .ifPresent(name -> keyField = name);
    }

    private static @Nullable String snake(@Nullable String parameter) {
        return parameter == null ? null : ColumnNames.of(parameter, new LinkedHashSet<>());
    }

    // ---- the API ----

    private void head() {
        JsonNode info = document.root().path("info");
        String title = info.path("title").asText();
        text.comment(
                0,
                "A first draft, made of the OpenAPI document" + (title.isBlank() ? "" : " of " + OneLine.of(title))
                        + " by: penstock api import. It is a guess wherever a line says decide.");
        text.comment(
                0,
                "What each key means: docs/api-definitions.md. What is wrong with the file: penstock api check FILE");
        String name = ColumnNames.of(title.replaceAll("(?i)\\b(api|rest|openapi|v\\d+)\\b", " "), new LinkedHashSet<>())
                .replaceAll("[^a-z0-9_]", "");
        text.entry(0, "api", name.matches("[a-z][a-z0-9_]{0,62}") ? name : "api_" + name.replaceAll("^[^a-z0-9]+", ""));
        server();
        text.blank();
    }

    private void server() {
        JsonNode server = document.root().path("servers").path(0);
        String url = server.path("url").asText();
        for (Map.Entry<String, JsonNode> variable : server.path("variables").properties()) {
            url = url.replace(
                    "{" + variable.getKey() + "}",
                    variable.getValue().path("default").asText());
        }
        if (server.path("variables").size() > 0) {
            text.decide(0, "the document has several places for this API: is it this one?");
        }
        url = url.replaceFirst("/+$", "");
        if (!isAbsolute(url)) {
            text.decide(
                    0,
                    url.isEmpty()
                            ? "where the API is; the document does not say"
                            : "where the API is; the document only says " + OneLine.of(url));
            url = "https://api.example.com" + (url.matches("/[^\\s?#{}]*") ? url : "");
        }
        text.entry(0, "base_url", url);
    }

    private static boolean isAbsolute(String url) {
        try {
            return url.matches("https?://[^\\s?#{}]+") && URI.create(url).getHost() != null;
        } catch (IllegalArgumentException noUrl) {
            return false;
        }
    }

    private void limits() {
        text.blank();
        text.decide(
                0,
                "how many requests the API allows; Penstock keeps to that in the whole cluster, and is refused by the API otherwise");
        text.commented(0, "limits:");
        text.commented(0, "  second: {requests: 10, per: 1s}");
    }

    private void errors() throws ImportRefused {
        ObjectNode refusal = bodies.refusal(create);
        if (refusal == null) {
            refusal = bodies.refusal(list);
        }
        text.blank();
        if (refusal == null) {
            text.decide(0, "where an error has its code, its message and its field: the document does not say");
            text.commented(0, "errors: {code: /error/code, message: /error/message, field: /error/field}");
            return;
        }
        Set<String> words = Set.of("string", "integer");
        text.line(0, "errors:");
        pointer(1, "code", bodies.find(refusal, List.of("code", "error_code", "type", "error"), words, true));
        pointer(
                1,
                "message",
                bodies.find(
                        refusal, List.of("message", "detail", "error_description", "title", "reason"), words, true));
        pointer(
                1,
                "field",
                bodies.find(refusal, List.of("field", "param", "parameter", "property", "pointer"), words, true));
        text.decide(1, "what the codes mean, so that each becomes the right SQLSTATE");
        text.commented(1, "rules:");
        text.commented(1, "  - {code: taken, class: duplicate}");
    }

    private void pointer(int depth, String key, @Nullable String pointer) {
        if (pointer != null) {
            text.entry(depth, key, pointer);
        }
    }

    // ---- the table ----

    private void table(
            Map<String, ObjectNode> fields,
            ObjectNode record,
            @Nullable RecordPlace ofItem,
            @Nullable RecordPlace ofList)
            throws ImportRefused {
        String name = ColumnNames.of(resource.name(), new LinkedHashSet<>());
        text.blank();
        text.line(0, "tables:");
        text.line(1, DraftText.scalar(name) + ":");
        String label = record.path("title").asText();
        if (!label.isBlank()) {
            text.entry(2, "label", OneLine.of(label));
        }
        String keyColumn = columnName(keyField, new LinkedHashSet<>());
        if (keyIsGuessed) {
            text.decide(
                    2,
                    "whether this is the field that names a record in paths"
                            + (resource.key() == null ? "" : ", there called " + resource.key()));
        }
        Map<String, String> key = new LinkedHashMap<>();
        key.put("column", DraftText.scalar(keyColumn));
        key.put("field", DraftText.scalar("/" + keyField.replace("~", "~0").replace("/", "~1")));
        ObjectNode keySchema = fields.get(keyField);
        if (keySchema != null && keySchema.path("type").asText().equals("integer")) {
            key.put("matches", "'[0-9]{1,18}'");
        } else if (keySchema != null && keySchema.path("format").asText().equals("uuid")) {
            key.put("matches", "'[0-9A-Fa-f-]{36}'");
        }
        text.line(2, "key: " + DraftText.flow(key));
        options();
        WritesDraft verbs = new WritesDraft(document, resource, text, known, keyField);
        List<DraftColumn> columns = columns(fields, record, verbs, keyColumn);
        text.line(2, "columns:" + (columns.isEmpty() ? " {}" : ""));
        for (DraftColumn column : columns) {
            if (column.doubt() != null) {
                text.decide(3, column.name() + ": " + column.doubt());
            }
            text.line(3, column.name() + ": " + column.yaml());
        }
        modified(columns);
        verbs.write(columns);
        new ReadsDraft(document, bodies, resource, text).write(list, get, ofList, ofItem, keyField);
    }

    private void options() {
        if (resource.options().isEmpty()) {
            return;
        }
        text.comment(2, "what the configuration of each table says: options { ... }");
        Map<String, String> options = new LinkedHashMap<>();
        resource.options().forEach(option -> options.put(Resource.option(option), "{required: true}"));
        text.line(2, "options: " + DraftText.flow(options));
    }

    private List<DraftColumn> columns(
            Map<String, ObjectNode> fields, ObjectNode record, WritesDraft verbs, String keyColumn)
            throws ImportRefused {
        Set<String> required = new LinkedHashSet<>();
        record.path("required").forEach(each -> required.add(each.asText()));
        Set<String> names = new LinkedHashSet<>(Set.of(keyColumn));
        List<DraftColumn> columns = new ArrayList<>();
        for (Map.Entry<String, ObjectNode> field : fields.entrySet()) {
            if (field.getKey().equals(keyField)
                    || field.getValue().path("writeOnly").asBoolean()) {
                continue;
            }
            ObjectNode written = verbs.written(field.getKey());
            ObjectNode schema = field.getValue();
            if (written != null && written.has("maxLength") && !schema.has("maxLength")) {
                schema = schema.deepCopy()
                        .put("maxLength", written.path("maxLength").asInt());
            }
            columns.add(DraftColumn.of(
                    schemas,
                    columnName(field.getKey(), names),
                    field.getKey(),
                    schema,
                    verbs.inserts(field.getKey()),
                    verbs.updates(field.getKey()),
                    required.contains(field.getKey())));
        }
        verbs.unread(fields.keySet(), keyField);
        return columns;
    }

    /** What a definition takes for a column's name. */
    private static String columnName(String field, Set<String> taken) {
        String ascii = ColumnNames.of(field, new LinkedHashSet<>()).replaceAll("[^a-z0-9_]", "_");
        return ColumnNames.of(ascii.matches("[a-z_].*") ? ascii : "c_" + ascii, taken);
    }

    private void modified(List<DraftColumn> columns) {
        for (String candidate : MODIFIED) {
            for (DraftColumn column : columns) {
                if (column.type().equals("timestamptz")
                        && column.field().toLowerCase(Locale.ROOT).equals(candidate)) {
                    text.entry(2, "modified", column.name());
                    return;
                }
            }
        }
        text.decide(2, "modified: which column says when a record was last changed, if any does");
    }
}
