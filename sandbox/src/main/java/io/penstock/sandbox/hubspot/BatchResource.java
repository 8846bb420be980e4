package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Up to 100 inputs in one request: {@code /crm/v3/objects/{type}/batch/{action}}.
 *
 * <p>Where every input of a write has an {@code objectWriteTraceId}, each has an outcome of its own and a mixture answers 207. Where one has
 * none, an input that is refused refuses the whole request; only ids that nobody has are told beside the others' results even then.
 */
final class BatchResource {
    private static final int MOST_INPUTS = 100;
    private static final String TRACE = "objectWriteTraceId";

    private final RecordStore store;
    private final RecordWriter writer;
    private final ObjectResource objects;

    BatchResource(RecordStore store, RecordWriter writer, ObjectResource objects) {
        this.store = store;
        this.writer = writer;
        this.objects = objects;
    }

    /** What one input comes to; null when nobody has its id. */
    private interface Write {
        @Nullable
        ObjectNode of(ObjectNode input);
    }

    SandboxResponse answer(Call call, String action) {
        if (!call.is("POST")) {
            throw ObjectResource.methodNotAllowed();
        }
        HubSpotObject type = call.type();
        List<ObjectNode> inputs = inputs(call.object());
        return switch (action) {
            case "create" ->
                write(call, inputs, 201, input -> {
                    ObjectResource.refuseAssociations(input);
                    return writer.create(
                                    type,
                                    input.path("properties"),
                                    call.request().refusal())
                            .show(type, null);
                });
            case "update" -> {
                refuseDuplicates(inputs);
                yield write(call, inputs, 200, input -> update(call, input));
            }
            case "upsert" -> {
                refuseDuplicates(inputs);
                yield write(call, inputs, 200, input -> upsert(call, input));
            }
            case "archive" -> archive(call, inputs);
            case "read" -> read(call, inputs);
            default -> throw ApiException.notFound();
        };
    }

    private @Nullable ObjectNode update(Call call, ObjectNode input) {
        HubSpotRecord before = live(objects.find(call.type(), id(input), text(input, "idProperty")));
        return before == null
                ? null
                : ObjectResource.shown(
                        call.type(),
                        writer.update(
                                call.type(),
                                before,
                                input.path("properties"),
                                call.request().refusal()),
                        input);
    }

    private ObjectNode upsert(Call call, ObjectNode input) {
        HubSpotObject type = call.type();
        String idProperty = text(input, "idProperty");
        if (idProperty == null) {
            throw new ApiException(
                    400,
                    "VALIDATION_ERROR",
                    "Unable to perform update/upsert by non-unique " + type.typeId() + " property");
        }
        HubSpotRecord before = live(objects.findUnique(type, id(input), idProperty));
        if (before != null) {
            HubSpotRecord after = writer.update(
                    type, before, input.path("properties"), call.request().refusal());
            return ObjectResource.shown(type, after, input).put("new", false);
        }
        JsonNode given = input.path("properties");
        if (given instanceof ObjectNode object) {
            given = object.deepCopy().set(idProperty, TextNode.valueOf(id(input)));
        }
        return writer.create(type, given, call.request().refusal())
                .show(type, null)
                .put("new", true);
    }

    private SandboxResponse write(Call call, List<ObjectNode> inputs, int success, Write write) {
        boolean traced = inputs.stream().allMatch(input -> !traceOf(input).isEmpty());
        String started = writer.now().toString();
        ArrayNode results = Json.array();
        ArrayNode errors = Json.array();
        List<String> missing = new ArrayList<>();
        for (ObjectNode input : inputs) {
            String trace = traceOf(input);
            int mark = store.mark();
            try {
                ObjectNode result = write.of(input);
                if (result != null) {
                    results.add(trace.isEmpty() ? result : result.put(TRACE, trace));
                } else if (traced) {
                    errors.add(missing(call.type(), List.of(id(input))).element(trace));
                } else {
                    missing.add(id(input));
                }
            } catch (ApiException e) {
                if (!traced) {
                    throw e;
                }
                store.undoTo(mark);
                errors.add(e.element(trace));
            }
        }
        if (!missing.isEmpty()) {
            errors.add(missing(call.type(), missing).element(""));
        }
        return batch(success, started, results, errors);
    }

    private SandboxResponse archive(Call call, List<ObjectNode> inputs) {
        int archived = 0;
        for (ObjectNode input : inputs) {
            HubSpotRecord record = live(objects.find(call.type(), id(input), null));
            if (record != null) {
                writer.archive(call.type(), record, call.request().refusal());
                archived++;
            }
        }
        return SandboxResponse.empty(204, archived);
    }

    private SandboxResponse read(Call call, List<ObjectNode> inputs) {
        List<String> names = new ArrayList<>();
        call.object().path("properties").forEach(name -> names.add(name.asText()));
        String idProperty = text(call.object(), "idProperty");
        String started = writer.now().toString();
        ArrayNode results = Json.array();
        List<String> missing = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        for (ObjectNode input : inputs) {
            HubSpotRecord record = idProperty == null && !id(input).matches("\\d{1,18}")
                    ? null
                    : objects.find(call.type(), id(input), idProperty);
            if (record == null || call.archived() != (record.archived() != null)) {
                missing.add(id(input));
            } else if (seen.add(record.id())) {
                results.add(
                        record.show(call.type(), names.isEmpty() ? call.type().defaults() : names));
            }
        }
        ArrayNode errors = Json.array();
        if (!missing.isEmpty()) {
            errors.add(missing(call.type(), missing).element(""));
        }
        return batch(200, started, results, errors);
    }

    private SandboxResponse batch(int success, String started, ArrayNode results, ArrayNode errors) {
        ObjectNode body = Json.object().put("status", "COMPLETE");
        body.set("results", results);
        if (!errors.isEmpty()) {
            body.put("numErrors", errors.size()).set("errors", errors);
        }
        body.put("startedAt", started).put("completedAt", writer.now().toString());
        return SandboxResponse.json(errors.isEmpty() ? success : 207, body, results.size());
    }

    private static List<ObjectNode> inputs(ObjectNode body) {
        JsonNode given = body.path("inputs");
        if (!given.isArray()) {
            throw ApiException.badInput("some of required attributes are not set [inputs]");
        }
        if (given.size() > MOST_INPUTS) {
            throw new ApiException(
                    400, "VALIDATION_ERROR", "The maximum number of inputs supported in a batch is " + MOST_INPUTS);
        }
        List<ObjectNode> inputs = new ArrayList<>();
        for (JsonNode input : given) {
            if (!(input instanceof ObjectNode object)) {
                throw ApiException.badInput("every input must be a JSON object");
            }
            inputs.add(object);
        }
        return inputs;
    }

    private static void refuseDuplicates(List<ObjectNode> inputs) {
        Set<String> seen = new HashSet<>();
        for (ObjectNode input : inputs) {
            String id = id(input);
            if (!seen.add(id)) {
                throw new ApiException(
                        400,
                        "VALIDATION_ERROR",
                        "Duplicate IDs found in batch input: [" + id + "]. IDs must be unique",
                        Map.of("ids", List.of(id)));
            }
        }
    }

    private static @Nullable HubSpotRecord live(@Nullable HubSpotRecord record) {
        return record == null || record.archived() != null ? null : record;
    }

    private static ApiException missing(HubSpotObject type, List<String> ids) {
        return new ApiException(
                404,
                "OBJECT_NOT_FOUND",
                "Could not get some " + type.singular().toUpperCase(java.util.Locale.ROOT)
                        + " objects, they may be deleted or not exist. Check that ids are valid.",
                Map.of("ids", ids));
    }

    private static String id(ObjectNode input) {
        if (!input.hasNonNull("id")) {
            throw ApiException.badInput("some of required attributes are not set [id]");
        }
        return input.path("id").asText();
    }

    private static String traceOf(ObjectNode input) {
        return input.path(TRACE).asText("");
    }

    private static @Nullable String text(ObjectNode node, String name) {
        return node.hasNonNull(name) ? node.path(name).asText() : null;
    }
}
