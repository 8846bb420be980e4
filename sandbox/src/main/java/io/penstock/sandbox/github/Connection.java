package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A page of a GraphQL list: {@code first} and {@code after}, or {@code last} and {@code before}. */
final class Connection {
    private static final int MOST = 100;

    private Connection() {}

    /** @param name of the field, for errors */
    static GraphQlObject page(String type, String edgeType, String name, List<?> all, ObjectNode arguments) {
        boolean first = arguments.path("first").isInt();
        if (!first && !arguments.path("last").isInt()) {
            throw GraphQlException.failed(
                    "MISSING_PAGINATION_BOUNDARIES",
                    "You must provide a `first` or `last` value to properly paginate the `" + name + "` connection.");
        }
        String word = first ? "first" : "last";
        int wanted = arguments.path(word).asInt();
        if (wanted > MOST || wanted < 0) {
            throw GraphQlException.failed(
                    wanted < 0 ? "NEGATIVE_PAGINATION" : "EXCESSIVE_PAGINATION",
                    wanted < 0
                            ? "`" + word + "` on the `" + name + "` connection cannot be less than zero."
                            : "Requesting " + wanted + " records on the `" + name + "` connection exceeds the `" + word
                                    + "` limit of 100 records.");
        }
        int from = arguments.path("after").isTextual()
                ? offset(arguments.path("after").textValue())
                : 0;
        int to = arguments.path("before").isTextual()
                ? offset(arguments.path("before").textValue()) - 1
                : all.size();
        from = Math.clamp(from, 0, all.size());
        to = Math.clamp(to, from, all.size());
        if (first) {
            to = Math.min(to, from + wanted);
        } else {
            from = Math.max(from, to - wanted);
        }
        List<GraphQlObject> edges = new ArrayList<>();
        for (int i = from; i < to; i++) {
            edges.add(new GraphQlObject(edgeType, Map.of("cursor", cursor(i + 1), "node", all.get(i))));
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("edges", edges);
        members.put("nodes", all.subList(from, to));
        members.put("totalCount", all.size());
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("hasNextPage", to < all.size());
        info.put("hasPreviousPage", from > 0);
        if (to > from) {
            info.put("startCursor", cursor(from + 1));
            info.put("endCursor", cursor(to));
        }
        members.put("pageInfo", new GraphQlObject("PageInfo", info));
        return new GraphQlObject(type, members);
    }

    private static String cursor(int position) {
        return Base64.getEncoder().encodeToString(("cursor:" + position).getBytes(StandardCharsets.US_ASCII));
    }

    private static int offset(String cursor) {
        try {
            String text = new String(Base64.getDecoder().decode(cursor), StandardCharsets.US_ASCII);
            if (text.matches("cursor:\\d{1,9}")) {
                return Integer.parseInt(text.substring("cursor:".length()));
            }
        } catch (IllegalArgumentException e) {
            throw wrong(cursor);
        }
        throw wrong(cursor);
    }

    private static GraphQlException wrong(String cursor) {
        return GraphQlException.failed(
                "INVALID_CURSOR_ARGUMENTS", "`" + cursor + "` does not appear to be a valid cursor.");
    }
}
