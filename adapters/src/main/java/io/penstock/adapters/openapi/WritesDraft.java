package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** INSERT, UPDATE and DELETE, as far as the document's operations are understood. */
final class WritesDraft {
    private final OpenApiDocument document;
    private final Schemas schemas;
    private final Bodies bodies;
    private final Resource resource;
    private final DraftText text;
    private final Set<String> known;
    private final String keyField;

    private final @Nullable ObjectNode create;
    private final @Nullable ObjectNode itemPatch;
    private final @Nullable ObjectNode itemPut;
    private final @Nullable ObjectNode collectionPatch;
    private final @Nullable ObjectNode delete;

    private final @Nullable WriteShape inserts;
    private final @Nullable WriteShape updates;
    private final @Nullable WriteShape replaces;
    private final @Nullable WriteShape updatesMany;

    /**
     * @param known the fields of a record
     * @param keyField the one that names it
     */
    WritesDraft(OpenApiDocument document, Resource resource, DraftText text, Set<String> known, String keyField)
            throws ImportRefused {
        this.document = document;
        this.schemas = new Schemas(document);
        this.bodies = new Bodies(document, schemas);
        this.resource = resource;
        this.text = text;
        this.known = Set.copyOf(known);
        this.keyField = keyField;
        this.create = resource.operation(document, false, "post");
        this.collectionPatch = resource.operation(document, false, "patch");
        this.itemPatch = resource.operation(document, true, "patch");
        this.itemPut = resource.operation(document, true, "put");
        this.delete = resource.operation(document, true, "delete");
        this.inserts = shape(create, null);
        this.updates = shape(itemPatch, null);
        this.replaces = itemPatch == null ? shape(itemPut, null) : null;
        this.updatesMany = itemPatch == null ? shape(collectionPatch, keyField) : null;
    }

    private @Nullable WriteShape shape(@Nullable ObjectNode operation, @Nullable String key) throws ImportRefused {
        return operation == null ? null : WriteShape.of(document, schemas, operation, resource.name(), known, key);
    }

    boolean inserts(String field) {
        return inserts != null && inserts.fields().containsKey(field);
    }

    boolean updates(String field) {
        for (WriteShape shape : new WriteShape[] {updates, updatesMany}) {
            if (shape != null) {
                return shape.fields().containsKey(field);
            }
        }
        return false;
    }

    @Nullable
    ObjectNode written(String field) {
        for (WriteShape shape : new WriteShape[] {inserts, updates, updatesMany, replaces}) {
            if (shape != null && shape.fields().containsKey(field)) {
                return shape.fields().get(field);
            }
        }
        return null;
    }

    /** Fields that are written and never come back. */
    void unread(Set<String> read, String key) {
        for (WriteShape shape : new WriteShape[] {inserts, updates}) {
            if (shape != null) {
                List<String> missing = shape.fields().keySet().stream()
                        .filter(field -> !read.contains(field) && !field.equals(key))
                        .toList();
                if (!missing.isEmpty()) {
                    text.decide(
                            2,
                            "fields that can be written and are in no answer are no columns: "
                                    + OneLine.of(String.join(", ", missing)));
                    return;
                }
            }
        }
    }

    void write(List<DraftColumn> columns) throws ImportRefused {
        text.blank();
        if (create == null) {
            text.comment(2, "no INSERT: the document has no POST of " + resource.path());
        } else {
            verb("insert", "POST", resource.path(), create, inserts, columns);
        }
        if (itemPatch != null && resource.itemPath() != null) {
            verb("update", "PATCH", resource.itemPath(), itemPatch, updates, columns);
        } else if (collectionPatch != null) {
            verb("update", "PATCH", resource.path(), collectionPatch, updatesMany, columns);
        } else if (itemPut != null && resource.itemPath() != null) {
            text.decide(
                    2,
                    "no UPDATE yet: PUT usually replaces the whole record, and would clear each column that a"
                            + " statement does not set. If it changes only what it is sent, write: true in the columns and:");
            String body = replaces == null || replaces.body() == null ? "'${columns}'" : replaces.body();
            text.commented(
                    2,
                    "update: {one: {request: {method: PUT, path: "
                            + DraftText.scalar(resource.inDefinition(resource.itemPath())) + ", body: " + body + "}}}");
        } else {
            text.comment(2, "no UPDATE: the document has no PATCH");
        }
        if (delete != null && resource.itemPath() != null) {
            text.line(2, "delete:");
            text.line(3, "one:");
            text.line(
                    4,
                    "request: {method: DELETE, path: " + DraftText.scalar(resource.inDefinition(resource.itemPath()))
                            + "}");
        } else {
            text.comment(2, "no DELETE: the document has none");
        }
    }

    private void verb(
            String verb,
            String method,
            String path,
            ObjectNode operation,
            @Nullable WriteShape shape,
            List<DraftColumn> columns)
            throws ImportRefused {
        ObjectNode answer = bodies.success(operation);
        RecordPlace result =
                answer == null ? null : RecordPlace.find(schemas, answer, resource.name(), Set.of(keyField));
        boolean many = shape != null && shape.row() != null;
        if (shape == null || shape.body() == null) {
            text.decide(
                    2,
                    "no " + verb.toUpperCase(Locale.ROOT) + " yet: how " + method + " " + path
                            + " takes a record is more than could be understood");
            return;
        }
        if (verb.equals("insert") && result == null) {
            text.decide(
                    2,
                    "no INSERT yet: the answer to POST " + path
                            + " has no record in the document, and a new row needs its key from there");
            return;
        }
        text.line(2, verb + ":");
        if (many) {
            if (shape.most() == null) {
                text.decide(
                        3,
                        "how many records a request may have, and whether all or none of them are taken (atomic: true)");
            } else {
                text.decide(3, "whether all or none of the records of a request are taken (atomic: true)");
            }
            text.line(3, "max_rows: " + (shape.most() == null ? 1 : Math.min(shape.most(), 10_000)));
        }
        String idempotency = idempotency(operation, path.equals(resource.itemPath()));
        if (idempotency != null) {
            text.line(3, "idempotency: {header: " + DraftText.scalar(idempotency) + "}");
        }
        text.line(3, many ? "many:" : "one:");
        text.line(4, "request:");
        text.line(5, "method: " + method);
        text.line(5, "path: " + DraftText.scalar(resource.inDefinition(path)));
        if (shape.form()) {
            text.line(5, "encoding: form");
        }
        text.line(5, "body: " + shape.body());
        if (many) {
            text.line(5, "row: " + shape.row());
        }
        if (result == null) {
            text.comment(4, "no answer is described, so the row is read back");
            return;
        }
        ObjectNode record = result.record();
        boolean complete =
                columns.stream().allMatch(column -> record.path("properties").has(column.field()));
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("rows", result.pointer().isEmpty() ? "''" : DraftText.scalar(result.pointer()));
        if (many) {
            entries.put("by", verb.equals("insert") ? "order" : "key");
        }
        if (complete) {
            entries.put("complete", "true");
        }
        text.line(4, "result: " + DraftText.flow(entries));
    }

    private @Nullable String idempotency(ObjectNode operation, boolean ofItem) throws ImportRefused {
        return resource.parameters(document, ofItem, operation, "header").keySet().stream()
                .filter(header -> header.toLowerCase(Locale.ROOT).contains("idempotency"))
                .findFirst()
                .orElse(null);
    }
}
