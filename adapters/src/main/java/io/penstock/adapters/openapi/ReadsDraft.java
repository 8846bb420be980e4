package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How records are read: one, all of them page by page, and what has changed. */
final class ReadsDraft {
    private static final List<String> CURSORS = List.of(
            "cursor",
            "after",
            "page_token",
            "pagetoken",
            "starting_after",
            "startingafter",
            "next_token",
            "nexttoken",
            "continuation_token",
            "since_id",
            "offset_token");
    private static final List<String> NUMBERED =
            List.of("page", "offset", "skip", "start", "page_number", "pagenumber");
    private static final List<String> SIZES = List.of(
            "limit",
            "per_page",
            "perpage",
            "page_size",
            "pagesize",
            "count",
            "max_results",
            "maxresults",
            "size",
            "top");
    private static final List<String> NEXT = List.of(
            "next_cursor",
            "next_page_token",
            "next_token",
            "continuation_token",
            "end_cursor",
            "cursor",
            "after",
            "next");
    private static final List<String> MORE = List.of("has_more", "more", "has_next", "has_next_page");
    private static final List<String> SINCE = List.of(
            "changed_since",
            "updated_since",
            "modified_since",
            "updated_after",
            "modified_after",
            "changed_after",
            "updated_at_min",
            "since");

    private final OpenApiDocument document;
    private final Bodies bodies;
    private final Resource resource;
    private final DraftText text;

    ReadsDraft(OpenApiDocument document, Bodies bodies, Resource resource, DraftText text) {
        this.document = document;
        this.bodies = bodies;
        this.resource = resource;
        this.text = text;
    }

    void write(
            @Nullable ObjectNode list,
            @Nullable ObjectNode get,
            @Nullable RecordPlace ofList,
            @Nullable RecordPlace ofItem,
            String keyField)
            throws ImportRefused {
        text.blank();
        if (get != null && resource.itemPath() != null) {
            text.line(2, "read_back:");
            text.line(
                    3,
                    "request: {method: GET, path: " + DraftText.scalar(resource.inDefinition(resource.itemPath()))
                            + "}");
            if (ofItem != null && !ofItem.pointer().isEmpty()) {
                text.entry(3, "rows", ofItem.pointer());
            }
        } else {
            text.decide(
                    2,
                    "read_back: how a record is read by its key; the document has no GET of a single one, and without"
                            + " it an answer that is lost cannot be found out");
        }
        text.decide(
                2,
                "correlation: a field in which an INSERT may leave a mark, and the request that finds it; without it an"
                        + " INSERT whose answer is lost stays in doubt until a person decides");
        if (list == null || ofList == null || !ofList.list()) {
            text.decide(
                    2,
                    "list: how all records are read; the document has no GET of " + resource.path()
                            + " that answers with a list");
            return;
        }
        Map<String, ObjectNode> parameters = resource.parameters(document, false, list, "query");
        Paging paging = paging(list, parameters, keyField);
        listing("list", ofList, parameters, paging, null);
        String since = named(parameters, SINCE);
        if (since != null) {
            listing("changes", ofList, parameters, paging, since);
            text.decide(3, "deleted: what tells that a record was deleted, if such records are in the answer");
        } else {
            text.decide(
                    2,
                    "changes: how one asks for what has changed since a time; without it the whole list is read again at each poll");
        }
    }

    /**
     * How one page leads to the next.
     *
     * @param parameter the query parameter that takes the cursor; null where only the first page is read
     * @param next as a definition has it, in YAML
     * @param doubt what to decide; null where nothing is
     */
    private record Paging(
            @Nullable String parameter,
            @Nullable String next,
            @Nullable String doubt) {}

    private Paging paging(ObjectNode list, Map<String, ObjectNode> parameters, String keyField) throws ImportRefused {
        ObjectNode body = bodies.success(list);
        String cursor = named(parameters, CURSORS);
        String next = body == null ? null : bodies.find(body, NEXT, Set.of("string", "integer"), false);
        String more = body == null ? null : bodies.find(body, MORE, Set.of("boolean"), false);
        if (cursor != null && next != null) {
            return new Paging(cursor, "{cursor: " + DraftText.scalar(next) + "}", null);
        }
        if (cursor != null && more != null) {
            return new Paging(
                    cursor,
                    "{last_key: " + DraftText.scalar("/" + keyField) + ", has_more: " + DraftText.scalar(more) + "}",
                    "whether the next page begins behind the last record's " + keyField);
        }
        String number = named(parameters, NUMBERED);
        if (number != null && next != null) {
            return new Paging(
                    number,
                    "{cursor: " + DraftText.scalar(next) + "}",
                    "whether " + next + " is what " + number + " takes, and not the address of the next page");
        }
        boolean paged = cursor != null || number != null || next != null || more != null;
        return new Paging(
                null,
                null,
                paged
                        ? "how one page leads to the next"
                                + (number == null ? "" : " (by " + number + ", which the answer must tell)")
                                + ": until then only the first page is read"
                        : "whether the answer always has all records: no parameter for pages was found");
    }

    private void listing(
            String key, RecordPlace place, Map<String, ObjectNode> parameters, Paging paging, @Nullable String since)
            throws ImportRefused {
        if (paging.doubt() != null) {
            text.decide(2, key + ": " + paging.doubt());
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (Map.Entry<String, ObjectNode> each : parameters.entrySet()) {
            ObjectNode parameter = each.getValue();
            if (parameter.path("required").asBoolean()) {
                String value = parameter
                        .path("schema")
                        .path("default")
                        .asText(parameter.path("example").asText());
                text.decide(2, key + ": the parameter " + each.getKey() + " is required; what does it say?");
                query.put(each.getKey(), DraftText.scalar(value));
            }
        }
        String size = named(parameters, SIZES);
        ObjectNode sizing = size == null ? null : parameters.get(size);
        if (size != null && sizing != null) {
            int most = new Schemas(document)
                    .whole(sizing.path("schema"))
                    .path("maximum")
                    .asInt(100);
            query.put(size, String.valueOf(Math.clamp(most, 1, 1_000)));
        }
        if (paging.parameter() != null) {
            query.put(paging.parameter(), "'${cursor}'");
        }
        if (since != null) {
            query.put(since, "'${since}'");
        }
        text.line(2, key + ":");
        text.line(3, "request:");
        text.line(4, "method: GET");
        text.line(4, "path: " + DraftText.scalar(resource.inDefinition(resource.path())));
        if (!query.isEmpty()) {
            text.line(4, "query: " + DraftText.flow(query));
        }
        text.line(3, "rows: " + (place.pointer().isEmpty() ? "''" : DraftText.scalar(place.pointer())));
        if (paging.next() != null) {
            text.line(3, "next: " + paging.next());
        }
    }

    private static @Nullable String named(Map<String, ObjectNode> parameters, List<String> names) {
        for (String name : names) {
            for (String parameter : parameters.keySet()) {
                String plain = parameter.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
                if (plain.equals(name.replace("_", ""))) {
                    return parameter;
                }
            }
        }
        return null;
    }
}
