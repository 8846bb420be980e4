package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Looks for things in the bodies of requests and answers. */
final class Bodies {
    /** Further down nobody keeps a cursor or an error's code. */
    private static final int DEEPEST = 3;

    private final OpenApiDocument document;
    private final Schemas schemas;

    Bodies(OpenApiDocument document, Schemas schemas) {
        this.document = document;
        this.schemas = schemas;
    }

    /** The media type that is JSON; missing where none is. */
    static JsonNode json(JsonNode content) {
        for (Map.Entry<String, JsonNode> type : content.properties()) {
            String name = type.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith("application/json") || name.matches("[^;]*\\+json.*") || name.equals("*/*")) {
                return type.getValue();
            }
        }
        return MissingNode.getInstance();
    }

    /** What a successful answer holds; null where it holds nothing that is said. */
    @Nullable
    ObjectNode success(@Nullable ObjectNode operation) throws ImportRefused {
        return operation == null ? null : answer(operation, status -> status.matches("2(\\d\\d|[xX][xX])"));
    }

    /** What an answer that refuses holds. */
    @Nullable
    ObjectNode refusal(@Nullable ObjectNode operation) throws ImportRefused {
        if (operation == null) {
            return null;
        }
        ObjectNode refusal = answer(operation, status -> status.matches("4(\\d\\d|[xX][xX])"));
        return refusal == null ? answer(operation, "default"::equals) : refusal;
    }

    private @Nullable ObjectNode answer(ObjectNode operation, Predicate<String> statuses) throws ImportRefused {
        for (Map.Entry<String, JsonNode> answer : operation.path("responses").properties()) {
            if (statuses.test(answer.getKey())) {
                JsonNode schema = json(document.resolved(answer.getValue()).path("content"))
                        .path("schema");
                if (!schema.isMissingNode()) {
                    return schemas.whole(schema);
                }
            }
        }
        return null;
    }

    /**
     * The place of the first scalar whose name is one of these, the nearest to the top.
     *
     * @param names in small letters, the likeliest first
     * @param inLists also in the first element of a list
     * @return a JSON pointer, or null
     */
    @Nullable
    String find(ObjectNode body, List<String> names, Set<String> types, boolean inLists) throws ImportRefused {
        for (String name : names) {
            String found = find(body, name, types, inLists);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable String find(ObjectNode body, String name, Set<String> types, boolean inLists)
            throws ImportRefused {
        record Level(String pointer, ObjectNode schema, int depth) {}
        Deque<Level> levels = new ArrayDeque<>(List.of(new Level("", body, 0)));
        Set<String> seen = new HashSet<>();
        while (!levels.isEmpty()) {
            Level level = levels.removeFirst();
            for (Map.Entry<String, ObjectNode> member :
                    schemas.fields(level.schema()).entrySet()) {
                String pointer = level.pointer() + "/"
                        + member.getKey().replace("~", "~0").replace("/", "~1");
                ObjectNode schema = member.getValue();
                if (member.getKey().toLowerCase(Locale.ROOT).replace("_", "").equals(name.replace("_", ""))
                        && types.contains(schema.path("type").asText())) {
                    return pointer;
                }
                if (level.depth() < DEEPEST && seen.add(pointer)) {
                    if (Schemas.isObject(schema)) {
                        levels.addLast(new Level(pointer, schema, level.depth() + 1));
                    } else if (inLists && Schemas.isArray(schema)) {
                        levels.addLast(new Level(pointer + "/0", schemas.items(schema), level.depth() + 1));
                    }
                }
            }
        }
        return null;
    }
}
