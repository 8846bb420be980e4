package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One record at a time, and the list of all: {@code /crm/v3/objects/{type}} and {@code /crm/v3/objects/{type}/{id}}. */
final class ObjectResource {
    private static final int USUAL_PAGE = 10;
    private static final int LARGEST_PAGE = 100;

    private final RecordStore store;
    private final RecordWriter writer;

    ObjectResource(RecordStore store, RecordWriter writer) {
        this.store = store;
        this.writer = writer;
    }

    SandboxResponse all(Call call) {
        return switch (call.request().method()) {
            case "GET" -> list(call);
            case "POST" -> {
                ObjectNode body = call.object();
                refuseAssociations(body);
                HubSpotRecord record = writer.create(
                        call.type(), body.path("properties"), call.request().refusal());
                yield SandboxResponse.json(201, record.show(call.type(), null), 1)
                        .withHeader(
                                "Location",
                                origin(call) + "/crm/v3/objects/" + call.type().name() + "/" + record.id());
            }
            default -> throw methodNotAllowed();
        };
    }

    SandboxResponse one(Call call, String id) {
        String idProperty = call.request().query().get("idProperty");
        return switch (call.request().method()) {
            case "GET" -> {
                HubSpotRecord record = existing(call.type(), id, idProperty, call.archived());
                List<String> names = call.properties();
                yield SandboxResponse.json(
                        200,
                        record.show(call.type(), names == null ? call.type().defaults() : names),
                        1);
            }
            case "PATCH" -> {
                HubSpotRecord before = existing(call.type(), id, idProperty, false);
                ObjectNode body = call.object();
                HubSpotRecord record = writer.update(
                        call.type(),
                        before,
                        body.path("properties"),
                        call.request().refusal());
                yield SandboxResponse.json(200, shown(call.type(), record, body), 1);
            }
            case "DELETE" -> {
                HubSpotRecord record = find(call.type(), id, null);
                if (record != null) {
                    writer.archive(call.type(), record, call.request().refusal());
                }
                yield SandboxResponse.empty(204, record == null ? 0 : 1);
            }
            default -> throw methodNotAllowed();
        };
    }

    /** What an update answers: the properties that it was given, and the ones that every answer has. */
    static ObjectNode shown(HubSpotObject type, HubSpotRecord record, ObjectNode input) {
        List<String> given = new ArrayList<>();
        input.path("properties").fieldNames().forEachRemaining(given::add);
        return record.show(type, given);
    }

    static void refuseAssociations(ObjectNode input) {
        if (!input.path("associations").isEmpty()) {
            throw ApiException.badInput("this sandbox has no associations");
        }
    }

    private HubSpotRecord existing(HubSpotObject type, String id, @Nullable String idProperty, boolean archived) {
        HubSpotRecord record = find(type, id, idProperty);
        if (record == null || archived != (record.archived() != null)) {
            throw ApiException.notFound();
        }
        return record;
    }

    /** By number, or by a property whose values are unique; archived ones by their number alone. */
    @Nullable
    HubSpotRecord find(HubSpotObject type, String id, @Nullable String idProperty) {
        if (idProperty == null || idProperty.equals(HubSpotObject.ID)) {
            if (!id.matches("\\d{1,18}")) {
                throw new ApiException(
                        404,
                        "OBJECT_NOT_FOUND",
                        "Object not found.  objectId are usually numeric.",
                        Map.of("id", List.of(id)));
            }
            return store.get(type, Long.parseLong(id));
        }
        return findUnique(type, id, idProperty);
    }

    @Nullable
    HubSpotRecord findUnique(HubSpotObject type, String id, String idProperty) {
        HubSpotProperty property = type.property(idProperty);
        if (property == null || !property.unique()) {
            throw new ApiException(
                    400,
                    "VALIDATION_ERROR",
                    "Unable to perform update/upsert by non-unique " + type.typeId() + " property");
        }
        try {
            return store.lookUp(type, property, property.type().canonical(property, id));
        } catch (PropertyType.InvalidValue e) {
            return null;
        }
    }

    private SandboxResponse list(Call call) {
        int limit = call.number("limit", USUAL_PAGE);
        if (limit < 1 || limit > LARGEST_PAGE) {
            throw new ApiException(
                    400, "VALIDATION_ERROR", "limit must be between 1 and " + LARGEST_PAGE + ", not " + limit);
        }
        String after = call.request().query().getOrDefault("after", "0");
        if (!after.matches("\\d{1,18}")) {
            throw new ApiException(400, "VALIDATION_ERROR", "The after parameter is no cursor of this list: " + after);
        }
        List<String> names =
                Objects.requireNonNullElse(call.properties(), call.type().defaults());
        ArrayNode results = Json.array();
        ObjectNode page = Json.object();
        page.set("results", results);
        for (HubSpotRecord record : store.from(call.type(), Long.parseLong(after))) {
            if (call.archived() == (record.archived() == null)) {
                continue;
            }
            if (results.size() == limit) {
                next(call, page, record.id(), limit);
                break;
            }
            results.add(record.show(call.type(), names));
        }
        return SandboxResponse.json(200, page, results.size());
    }

    private static void next(Call call, ObjectNode page, long id, int limit) {
        String kept = call.request().values("properties").stream()
                .map(names -> "&properties=" + names)
                .collect(Collectors.joining());
        page.putObject("paging")
                .putObject("next")
                .put("after", Long.toString(id))
                .put(
                        "link",
                        origin(call) + "/crm/v3/objects/" + call.type().name() + "?limit=" + limit + "&after=" + id
                                + kept);
    }

    private static String origin(Call call) {
        String host = call.request().header("host");
        return "http://" + (host == null ? "localhost" : host);
    }

    static ApiException methodNotAllowed() {
        return new ApiException(405, null, "HTTP 405 Method Not Allowed");
    }
}
