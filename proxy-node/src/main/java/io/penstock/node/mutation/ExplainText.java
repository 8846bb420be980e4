package io.penstock.node.mutation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Body;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Operation;
import io.penstock.protocol.sql.ExplainOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * What EXPLAIN shows of a mutation: the requests that would be sent, the limits that apply and what is left of the quota. With VERBOSE the body
 * too, which holds the statement's own values and goes to its client only.
 */
record ExplainText(SyncedTable table, Operation operation, int rows, List<ApiCall> calls, List<LimitFeedback> quotas) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One line a row of the answer; in JSON the whole document in one. */
    List<String> lines(ExplainOptions options) {
        return switch (options.format()) {
            case JSON -> List.of(json(options.verbose()));
            case TEXT, XML, YAML, UNKNOWN -> text(options.verbose());
        };
    }

    private List<String> text(boolean verbose) {
        Capabilities can = table.adapter().capabilities(table.mapping(), operation);
        List<String> lines = new ArrayList<>();
        lines.add("API " + operation + " on " + table.name() + " ("
                + table.adapter().api() + " " + table.mapping().object() + ")");
        lines.add("  Rows: " + rows + " of at most " + can.maxRows() + " in one statement");
        if (calls.isEmpty()) {
            lines.add(rows == 0 ? "  Request: none, no row matches" : "  Request: none, only local columns change");
        }
        for (String line : requests(table, calls, verbose)) {
            lines.add("  " + line);
        }
        lines.add("  Atomic: " + (can.atomic() ? "all rows or none" : "row by row"));
        for (LimitFeedback quota : quotas) {
            lines.add("  Quota " + quota.bucket() + ": " + quota.remaining() + " of " + quota.limit() + " left");
        }
        return lines;
    }

    /** The requests as a person reads them. */
    static List<String> requests(SyncedTable table, List<ApiCall> calls, boolean verbose) {
        List<String> lines = new ArrayList<>();
        for (ApiCall call : calls) {
            lines.add("Request: " + call.method() + " " + call.path() + " ("
                    + call.ordinals().size() + " rows)");
            if (verbose && !(call.body() instanceof Body.Empty)) {
                lines.add("Body: " + call.body().text());
            }
        }
        return lines;
    }

    private String json(boolean verbose) {
        Capabilities can = table.adapter().capabilities(table.mapping(), operation);
        ArrayNode document = JSON.createArrayNode();
        ObjectNode plan = document.addObject().putObject("API Request");
        plan.put("API", table.adapter().api());
        plan.put("Operation", operation.name());
        plan.put("Relation", table.name());
        plan.put("Object", table.mapping().object());
        plan.put("Rows", rows);
        plan.put("Maximum Rows", can.maxRows());
        plan.put("Atomic", can.atomic());
        ArrayNode requests = plan.putArray("Requests");
        for (ApiCall call : calls) {
            ObjectNode request = requests.addObject();
            request.put("Method", call.method());
            request.put("Path", call.path());
            request.put("Rows", call.ordinals().size());
            if (verbose) {
                switch (call.body()) {
                    case Body.Json(var body) -> request.set("Body", body);
                    case Body.Form form -> request.put("Body", form.text());
                    case Body.Empty _ -> request.putNull("Body");
                }
            }
        }
        ArrayNode left = plan.putArray("Quotas");
        for (LimitFeedback quota : quotas) {
            left.addObject()
                    .put("Name", quota.bucket())
                    .put("Left", quota.remaining())
                    .put("Limit", quota.limit());
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree cannot be written");
        }
    }
}
