package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;

/** Puts values that were read into an object. Parameters that are no members of the object are left to its type. */
final class ObjectChanges {
    private ObjectChanges() {}

    /** @param blank what an unset member looks like */
    static void apply(ObjectNode record, List<StripeParameter> parameters, ObjectNode values, ObjectNode blank) {
        for (StripeParameter parameter : parameters) {
            String name = parameter.name();
            JsonNode value = values.get(name);
            if (value == null || !blank.has(name) || name.equals("id")) {
                continue;
            }
            if (value.isNull()) {
                record.set(name, blank.get(name).deepCopy());
            } else {
                record.set(name, merged(parameter.kind(), record.path(name), value));
            }
        }
        ParameterReader.checkKeys(record.path("metadata"));
    }

    private static JsonNode merged(StripeParameter.Kind kind, JsonNode old, JsonNode value) {
        return switch (kind) {
            case StripeParameter.Metadata metadata -> pairs(old, value);
            case StripeParameter.Group(List<StripeParameter> members) -> group(members, old, (ObjectNode) value);
            case StripeParameter.Text t -> value;
            case StripeParameter.Email e -> value;
            case StripeParameter.Whole w -> value;
            case StripeParameter.Decimal d -> value;
            case StripeParameter.Flag f -> value;
            case StripeParameter.Choice c -> value;
            case StripeParameter.Texts t -> value;
            case StripeParameter.Range r -> value;
            case StripeParameter.NotHere n -> value;
        };
    }

    /** Keys that were not given stay; an empty value takes its key away. */
    private static ObjectNode pairs(JsonNode old, JsonNode value) {
        ObjectNode pairs = old instanceof ObjectNode object ? object.deepCopy() : Json.object();
        value.properties().forEach(pair -> {
            if (pair.getValue().asText().isEmpty()) {
                pairs.remove(pair.getKey());
            } else {
                pairs.set(pair.getKey(), pair.getValue());
            }
        });
        return pairs;
    }

    /** Members that were not given stay as they were, or are null where there was no such object. */
    private static ObjectNode group(List<StripeParameter> members, JsonNode old, ObjectNode value) {
        ObjectNode group = Json.object();
        for (StripeParameter member : members) {
            String name = member.name();
            JsonNode before = old.path(name);
            JsonNode given = value.get(name);
            if (given == null) {
                group.set(name, before.isMissingNode() ? group.nullNode() : before);
            } else {
                group.set(name, given.isNull() ? given : merged(member.kind(), before, given));
            }
        }
        return group;
    }
}
