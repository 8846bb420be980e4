package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a list is to show, from the query of a GET or the body of a POST.
 *
 * @param fields names or ids; empty for all
 * @param formula empty for every record
 * @param offset empty for the first page
 */
record ListQuery(
        List<String> fields,
        String formula,
        int maxRecords,
        int pageSize,
        List<Sort> sort,
        String offset,
        boolean byFieldId) {
    private static final int LARGEST_PAGE = 100;
    private static final String VIEW = "Grid view";

    /** One field to sort by. */
    record Sort(String field, boolean descending) {}

    static ListQuery ofQuery(Call call) {
        Map<String, String> query = call.request().query();
        List<Sort> sort = new ArrayList<>();
        for (int i = 0; query.containsKey("sort[" + i + "][field]"); i++) {
            sort.add(sort(
                    query.getOrDefault("sort[" + i + "][field]", ""),
                    query.getOrDefault("sort[" + i + "][direction]", "asc")));
        }
        view(call, query.getOrDefault("view", VIEW));
        // The client's oldest calls say limit where they mean the size of a page.
        String pageSize = query.getOrDefault("pageSize", query.getOrDefault("limit", ""));
        return new ListQuery(
                call.list("fields"),
                query.getOrDefault("filterByFormula", ""),
                number(query.getOrDefault("maxRecords", ""), Integer.MAX_VALUE, Integer.MAX_VALUE),
                number(pageSize, LARGEST_PAGE, LARGEST_PAGE),
                sort,
                query.getOrDefault("offset", ""),
                call.flag("returnFieldsByFieldId"));
    }

    static ListQuery ofBody(Call call) {
        JsonNode body = call.body();
        List<String> fields = new ArrayList<>();
        body.path("fields").forEach(name -> fields.add(name.asText()));
        List<Sort> sort = new ArrayList<>();
        body.path("sort")
                .forEach(each -> sort.add(
                        sort(each.path("field").asText(), each.path("direction").asText("asc"))));
        view(call, body.path("view").asText(VIEW));
        return new ListQuery(
                fields,
                body.path("filterByFormula").asText(""),
                number(body.path("maxRecords").asText(""), Integer.MAX_VALUE, Integer.MAX_VALUE),
                number(body.path("pageSize").asText(""), LARGEST_PAGE, LARGEST_PAGE),
                sort,
                body.path("offset").asText(""),
                call.flag("returnFieldsByFieldId"));
    }

    private static Sort sort(String field, String direction) {
        return switch (direction) {
            case "asc" -> new Sort(field, false);
            case "desc" -> new Sort(field, true);
            default -> throw ApiException.badRequest();
        };
    }

    /** Each table has one view, which shows everything. */
    private static void view(Call call, String name) {
        if (!name.equals(VIEW) && !name.equals("viw" + call.table().id().substring(3))) {
            throw new ApiException(422, "VIEW_NAME_NOT_FOUND", "View " + name + " not found");
        }
    }

    private static int number(String text, int usual, int most) {
        try {
            int number = text.isEmpty() ? usual : Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw ApiException.badRequest();
        }
        throw ApiException.badRequest();
    }
}
