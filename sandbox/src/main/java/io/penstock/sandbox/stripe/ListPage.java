package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;

/** A page of a list, the newest first: {@code limit}, {@code starting_after}, {@code ending_before} and {@code created}. */
final class ListPage {
    private static final int USUAL = 10;

    private ListPage() {}

    /** What stands on the page, and whether there is more in the direction of the walk. */
    record Page(List<ObjectNode> records, boolean more) {}

    /**
     * @param newestFirst all there are; the object that a cursor names has to be one of them, though a filter may leave it out
     * @param values of {@link StripeParameter#PAGING}
     */
    static Page of(String object, List<ObjectNode> newestFirst, Predicate<ObjectNode> filter, ObjectNode values) {
        int limit = values.path("limit").asInt(USUAL);
        JsonNode after = values.path("starting_after");
        JsonNode before = values.path("ending_before");
        if (after.isTextual() && before.isTextual()) {
            throw StripeException.invalid(
                    "parameters_exclusive",
                    "You may only specify one of these parameters: ending_before, starting_after.",
                    null);
        }
        Predicate<ObjectNode> wanted = filter.and(record -> within(record, values.path("created")));
        if (before.isTextual()) {
            List<ObjectNode> newer =
                    newestFirst.subList(0, index(object, newestFirst, before.textValue(), "ending_before")).stream()
                            .filter(wanted)
                            .toList();
            int from = Math.max(0, newer.size() - limit);
            return new Page(newer.subList(from, newer.size()), from > 0);
        }
        int from = after.isTextual() ? index(object, newestFirst, after.textValue(), "starting_after") + 1 : 0;
        List<ObjectNode> older = newestFirst.subList(from, newestFirst.size()).stream()
                .filter(wanted)
                .toList();
        return new Page(older.subList(0, Math.min(limit, older.size())), older.size() > limit);
    }

    private static int index(String object, List<ObjectNode> records, String id, String parameter) {
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).path("id").asText().equals(id)) {
                return i;
            }
        }
        throw StripeException.missingReference(object, id, parameter);
    }

    private static boolean within(ObjectNode record, JsonNode bounds) {
        long created = record.path("created").asLong();
        return created > bounds.path("gt").asLong(Long.MIN_VALUE)
                && created >= bounds.path("gte").asLong(Long.MIN_VALUE)
                && created < bounds.path("lt").asLong(Long.MAX_VALUE)
                && created <= bounds.path("lte").asLong(Long.MAX_VALUE);
    }
}
