package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code /query} and {@code /queryAll}: a first batch, and a locator for the next one. As in the original a user has ten open cursors,
 * and an eleventh closes the oldest.
 */
final class QueryResource {
    private static final int OPEN_CURSORS = 10;
    private static final int USUAL_BATCH = 2_000;
    private static final int SMALLEST_BATCH = 200;
    private static final int LARGEST_BATCH = 2_000;
    private static final Pattern LOCATOR = Pattern.compile("(01g\\w{15})-(\\d{1,9})");
    private static final Pattern BATCH = Pattern.compile("batchSize\\s*=\\s*(\\d{1,9})", Pattern.CASE_INSENSITIVE);

    private record Cursor(SoqlExecutor.Found found, int batch) {}

    private final SoqlExecutor executor;
    private final Map<String, Cursor> cursors = new LinkedHashMap<>();
    private long lastCursor;

    QueryResource(SoqlExecutor executor) {
        this.executor = executor;
    }

    void reset() {
        cursors.clear();
        lastCursor = 0;
    }

    SandboxResponse answer(Call call, boolean deletedToo) {
        if (!call.is("GET")) {
            throw ApiException.methodNotAllowed(call.method());
        }
        if (!call.part(1).isEmpty()) {
            return more(call, call.part(1));
        }
        String soql = call.query().get("q");
        if (soql == null) {
            throw new ApiException(400, "MALFORMED_QUERY", "A query string has to be specified");
        }
        SoqlQuery query = SoqlParser.parse(soql);
        SoqlExecutor.Found found = executor.run(query, deletedToo);
        if (query.isCount()) {
            ObjectNode body =
                    Json.object().put("totalSize", found.records().size()).put("done", true);
            body.putArray("records");
            return SandboxResponse.json(200, body, 0);
        }
        Cursor cursor = new Cursor(found, batch(call));
        String locator = SalesforceId.of("01g", ++lastCursor);
        if (found.records().size() > cursor.batch()) {
            cursors.put(locator, cursor);
            if (cursors.size() > OPEN_CURSORS) {
                cursors.remove(cursors.keySet().iterator().next());
            }
        }
        return page(call, cursor, locator, 0);
    }

    private SandboxResponse more(Call call, String text) {
        Matcher matcher = LOCATOR.matcher(text);
        Cursor cursor = matcher.matches() ? cursors.get(matcher.group(1)) : null;
        if (cursor == null) {
            throw new ApiException(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
        }
        return page(call, cursor, matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    private static SandboxResponse page(Call call, Cursor cursor, String locator, int from) {
        SoqlExecutor.Found found = cursor.found();
        int size = found.records().size();
        int start = Math.min(from, size);
        int end = Math.min(size, start + cursor.batch());
        ObjectNode body = Json.object().put("totalSize", size).put("done", end == size);
        if (end < size) {
            body.put("nextRecordsUrl", call.base() + "/query/" + locator + "-" + end);
        }
        ArrayNode records = body.putArray("records");
        found.records()
                .subList(start, end)
                .forEach(record -> records.add(RowResource.show(call.base(), found.type(), record, found.fields())));
        return SandboxResponse.json(200, body, end - start);
    }

    private static int batch(Call call) {
        Matcher matcher = BATCH.matcher(call.headers().getOrDefault("sforce-query-options", ""));
        return matcher.find()
                ? Math.clamp(Integer.parseInt(matcher.group(1)), SMALLEST_BATCH, LARGEST_BATCH)
                : USUAL_BATCH;
    }
}
