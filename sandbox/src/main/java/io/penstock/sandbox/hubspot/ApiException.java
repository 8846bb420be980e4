package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A request, or one input of a batch, that is refused: HubSpot's error body and its status. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int PORTAL = 24_681_357;

    /** Why one property of a record was refused. */
    record Invalid(String property, String value, String code, String message) {}

    private final int status;
    private final @Nullable String category;
    private final Map<String, List<String>> context;
    private final List<Invalid> invalid;

    ApiException(int status, @Nullable String category, String message) {
        this(status, category, message, Map.of());
    }

    ApiException(int status, @Nullable String category, String message, Map<String, List<String>> context) {
        this(status, category, message, context, List.of());
    }

    private ApiException(
            int status,
            @Nullable String category,
            String message,
            Map<String, List<String>> context,
            List<Invalid> invalid) {
        super(message, null, false, false);
        this.status = status;
        this.category = category;
        this.context = context;
        this.invalid = invalid;
    }

    /** All invalid properties of a record at once; their JSON is part of the message's text, as HubSpot writes it. */
    static ApiException invalid(List<Invalid> invalid) {
        String details = invalid.stream()
                .map(each -> Json.object()
                        .put("isValid", false)
                        .put("message", each.message())
                        .put("error", each.code())
                        .put("name", each.property())
                        .put("localizedErrorMessage", each.message())
                        .put("propertyValue", each.value())
                        .put("portalId", PORTAL)
                        .toString())
                .collect(Collectors.joining(",", "[", "]"));
        return new ApiException(
                400, "VALIDATION_ERROR", "Property values were not valid: " + details, Map.of(), invalid);
    }

    static ApiException badInput(String message) {
        return new ApiException(400, "VALIDATION_ERROR", "Invalid input JSON on line 1, column 1: " + message);
    }

    static ApiException notFound() {
        return new ApiException(404, null, "resource not found");
    }

    static ApiException conflict(HubSpotObject type, long existing) {
        String id = Long.toString(existing);
        return new ApiException(
                409,
                "CONFLICT",
                type.singular() + " already exists. Existing ID: " + id,
                Map.of("existingId", List.of(id)));
    }

    SandboxResponse response() {
        String correlation = UUID.randomUUID().toString();
        ObjectNode body = Json.object()
                .put("status", "error")
                .put("message", getMessage())
                .put("correlationId", correlation);
        if (!invalid.isEmpty()) {
            ArrayNode errors = body.putArray("errors");
            for (Invalid each : invalid) {
                ObjectNode error =
                        errors.addObject().put("message", each.message()).put("code", each.code());
                error.putObject("context").putArray("propertyName").add(each.property());
            }
        }
        // A conflict tells the other record's id in its message alone, except in a batch.
        if (!context.isEmpty() && status != 409) {
            write(body.putObject("context"), context);
        }
        if (category != null) {
            body.put("category", category);
        }
        return SandboxResponse.json(status, body, 0).withHeader("X-HubSpot-Correlation-Id", correlation);
    }

    /** As an element of a batch's {@code errors}, which belongs to the input with this trace id. */
    ObjectNode element(String trace) {
        ObjectNode error = Json.object()
                .put("status", "error")
                .put("category", category == null ? "OBJECT_NOT_FOUND" : category)
                .put("message", getMessage());
        ObjectNode details = error.putObject("context");
        if (!trace.isEmpty()) {
            details.putArray("objectWriteTraceId").add(trace);
        }
        write(details, context);
        return error;
    }

    private static void write(ObjectNode target, Map<String, List<String>> context) {
        context.forEach((name, values) -> {
            ArrayNode list = target.putArray(name);
            values.forEach(list::add);
        });
    }
}
