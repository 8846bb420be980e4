package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /composite}: a series of calls in one request that counts as one. The request is answered 200 whatever becomes of its parts.
 *
 * <p>With {@code allOrNone} a part that fails undoes all, also when it failed inside a collection. The parts that had
 * succeeded then say PROCESSING_HALTED; a collection shows its own results, which may say success although they were undone.
 */
final class CompositeResource {
    private static final int MOST_PARTS = 25;
    private static final int MOST_COLLECTIONS_AND_QUERIES = 5;
    private static final String HALTED =
            "The transaction was rolled back since another operation in the same transaction failed.";

    private final RecordStore store;
    private final Function<Call, SandboxResponse> router;

    /** @param router answers one part; throws {@link ApiException} where the part is refused as a whole */
    CompositeResource(RecordStore store, Function<Call, SandboxResponse> router) {
        this.store = store;
        this.router = router;
    }

    /** What became of one part. */
    private record Part(String referenceId, int status, JsonNode body, Map<String, String> headers, int rows) {
        boolean failed() {
            return status >= 400 || partlyRefused();
        }

        /** A collection with a refused record: it is 200, and it is a failure. */
        boolean partlyRefused() {
            if (body.isArray()) {
                for (JsonNode item : body) {
                    if (item.has("success") && !item.path("success").asBoolean()) {
                        return true;
                    }
                }
            }
            return false;
        }

        Part halted() {
            return new Part(referenceId, 400, new ApiException(400, "PROCESSING_HALTED", HALTED).body(), Map.of(), 0);
        }

        ObjectNode json() {
            ObjectNode node = Json.object();
            node.set("body", body);
            ObjectNode names = node.putObject("httpHeaders");
            headers.forEach(names::put);
            return node.put("httpStatusCode", status).put("referenceId", referenceId);
        }
    }

    SandboxResponse answer(Call call) {
        ObjectNode request = call.object();
        JsonNode wanted = request.path("compositeRequest");
        check(wanted);
        boolean allOrNone = request.path("allOrNone").asBoolean(false);
        int mark = store.mark();
        References references = new References();
        List<Part> parts = new ArrayList<>();
        boolean halted = false;
        for (JsonNode each : wanted) {
            String referenceId = each.path("referenceId").asText();
            Part part = halted
                    ? new Part(referenceId, 400, Json.array(), Map.of(), 0).halted()
                    : run(call, each, referenceId, references);
            parts.add(part);
            references.put(referenceId, part.body());
            halted |= allOrNone && part.failed();
        }
        if (halted) {
            store.undoTo(mark);
            parts.replaceAll(part -> part.failed() ? part : part.halted());
        }
        ArrayNode list = Json.array();
        parts.forEach(part -> list.add(part.json()));
        ObjectNode body = Json.object();
        body.set("compositeResponse", list);
        return SandboxResponse.json(
                200, body, parts.stream().mapToInt(Part::rows).sum());
    }

    private Part run(Call call, JsonNode wanted, String referenceId, References references) {
        try {
            SandboxRequest target = SandboxRequest.of(
                    wanted.path("method").asText(),
                    references.resolve(wanted.path("url").asText()),
                    call.headers(),
                    new byte[0]);
            JsonNode body = references.resolve(wanted.path("body"));
            Call part = call(call, target, body);
            if (part == null) {
                throw ApiException.notFound();
            }
            SandboxResponse response = router.apply(part);
            JsonNode answer = response.body().length == 0 ? Json.object().nullNode() : Json.parse(response.body());
            return new Part(referenceId, response.status(), answer, response.headers(), rows(part, response));
        } catch (ApiException e) {
            return new Part(referenceId, e.status(), e.body(), Map.of(), 0);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("an answer of our own is no JSON", e);
        }
    }

    /** Reads inside a composite bring back rows that were counted as they were written. */
    private static int rows(Call part, SandboxResponse response) {
        boolean retrieves = part.is("POST")
                && part.part(0).equals("composite")
                && !part.part(2).isEmpty();
        return part.is("GET") || retrieves ? 0 : response.rows();
    }

    private static @Nullable Call call(Call outer, SandboxRequest target, JsonNode body) {
        List<String> segments = target.segments();
        if (segments.size() < 3 || !target.path().startsWith("/services/data/v")) {
            return null;
        }
        return new Call(
                target.method(),
                "/services/data/" + segments.get(2),
                segments.subList(3, segments.size()),
                target.query(),
                outer.headers(),
                body,
                outer.refusal());
    }

    private static void check(JsonNode wanted) {
        if (!wanted.isArray() || wanted.isEmpty()) {
            throw new ApiException(400, "MISSING_ARGUMENT", "The compositeRequest parameter is required.");
        }
        if (wanted.size() > MOST_PARTS) {
            throw new ApiException(
                    400, "LIMIT_EXCEEDED", "Composite API can only handle " + MOST_PARTS + " subrequests.");
        }
        Set<String> references = new HashSet<>();
        int counted = 0;
        for (JsonNode each : wanted) {
            String referenceId = each.path("referenceId").asText();
            if (!referenceId.matches("[A-Za-z0-9][A-Za-z0-9_]*") || !references.add(referenceId)) {
                throw new ApiException(
                        400,
                        "INVALID_INPUT",
                        "Provided referenceId ('" + referenceId
                                + "') must be unique, must start with a letter or a number, and it can contain only"
                                + " letters, numbers and underscores ('_').");
            }
            String url = each.path("url").asText();
            if (url.contains("/composite/sobjects") || url.contains("/query")) {
                counted++;
            }
        }
        if (counted > MOST_COLLECTIONS_AND_QUERIES) {
            throw new ApiException(
                    400,
                    "LIMIT_EXCEEDED",
                    "A composite request can contain at most " + MOST_COLLECTIONS_AND_QUERIES
                            + " sObject Collections and query operations.");
        }
    }
}
