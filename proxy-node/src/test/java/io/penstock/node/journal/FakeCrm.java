package io.penstock.node.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Body;
import io.penstock.adapters.Bucket;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.Capabilities.Batch;
import io.penstock.adapters.Capabilities.Idempotency;
import io.penstock.adapters.Capabilities.ResultOrder;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Grant;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.adapters.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An API of one table, with its adapter: small enough to be seen to be right. Writes are applied by the test itself; reads go through the adapter. */
public class FakeCrm implements Adapter {
    public static final TableMapping CONTACTS = mapping("penstock_id");
    public static final TableMapping CONTACTS_WITHOUT_CORRELATION = mapping(null);

    private final Map<String, ObjectNode> rows = new TreeMap<>();
    private final Map<String, Instant> deleted = new TreeMap<>();
    private final Map<String, String> keyByCorrelation = new HashMap<>();
    private final List<String> reads = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Duration serverTimeout = Duration.ZERO;
    private boolean down;
    private int nextKey = 1;
    private int pageSize = 100;
    private Runnable beforeRead = () -> {};

    private static TableMapping mapping(@Nullable String correlationField) {
        return new TableMapping(
                "crm",
                "contacts",
                "Contact",
                "id",
                List.of(
                        column("id", new ColumnType.Text(18), false),
                        column("name", ColumnType.TEXT, true),
                        column("email", new ColumnType.Text(80), true),
                        column("modified", ColumnType.TIMESTAMP, false)),
                correlationField,
                "modified",
                new RowLimits(200, 200, 200),
                null,
                Map.of());
    }

    private static ColumnMapping column(String name, ColumnType type, boolean writable) {
        return new ColumnMapping(name, name, type, writable, writable, true, null);
    }

    public synchronized void down(boolean isDown) {
        down = isDown;
    }

    public synchronized void serverTimeout(Duration timeout) {
        serverTimeout = timeout;
    }

    public synchronized void pageSize(int size) {
        pageSize = size;
    }

    /** Runs inside every read, before it is answered. */
    public synchronized void beforeRead(Runnable action) {
        beforeRead = action;
    }

    /** The API's clock counts in seconds and moves only here. */
    public synchronized void tick() {
        now = now.plusSeconds(1);
    }

    public synchronized Instant now() {
        return now;
    }

    public synchronized Map<String, ObjectNode> rows() {
        Map<String, ObjectNode> copy = new TreeMap<>();
        rows.forEach((key, row) -> copy.put(key, row.deepCopy()));
        return copy;
    }

    /** What was read: the paths, in order. */
    public synchronized List<String> reads() {
        return List.copyOf(reads);
    }

    /** Applies a mutation as a request that reaches the API does. */
    public synchronized Answer apply(Mutation mutation) {
        tick();
        List<AnswerRow> answer = new ArrayList<>();
        for (RowChange change : mutation.rows()) {
            switch (mutation.operation()) {
                case INSERT -> {
                    String key = "id%05d".formatted(nextKey++);
                    keyByCorrelation.put(mutation.correlation(change.ordinal()), key);
                    answer.add(new AnswerRow.Present(
                            change.ordinal(), key, put(key, JournalJson.object().put("id", key), change.values())));
                }
                case UPDATE -> {
                    ObjectNode row = rows.get(change.key());
                    if (row != null) {
                        String key = String.valueOf(change.key());
                        answer.add(new AnswerRow.Present(change.ordinal(), key, put(key, row, change.values())));
                    }
                }
                case DELETE -> {
                    String key = String.valueOf(change.key());
                    if (rows.remove(key) != null) {
                        deleted.put(key, now);
                    }
                    answer.add(new AnswerRow.Gone(change.ordinal(), key));
                }
            }
        }
        return new Answer(answer);
    }

    private ObjectNode put(String key, ObjectNode row, ObjectNode values) {
        ObjectNode next = row.deepCopy();
        for (String column : List.of("name", "email")) {
            next.set(column, values.has(column) ? values.get(column) : next.path(column));
        }
        next.put("modified", now.toString());
        next.replace("name", next.path("name").isMissingNode() ? next.nullNode() : next.get("name"));
        next.replace("email", next.path("email").isMissingNode() ? next.nullNode() : next.get("email"));
        rows.put(key, next);
        return next.deepCopy();
    }

    public ApiTable table(TableMapping mapping) {
        return new ApiTable(mapping, this, (call, _) -> answer(call), Duration.ofSeconds(10));
    }

    private CompletableFuture<ApiResponse> answer(ApiCall call) {
        Runnable before;
        synchronized (this) {
            before = beforeRead;
        }
        before.run();
        synchronized (this) {
            reads.add(call.path());
            if (down) {
                return CompletableFuture.failedFuture(new ReadFailed("crm is unavailable", null));
            }
            JsonNode asked = ((Body.Json) call.body()).json();
            ObjectNode body = JournalJson.object();
            switch (call.path()) {
                case "/read" ->
                    asked.forEach(key -> {
                        ObjectNode row = rows.get(key.asText());
                        if (row != null) {
                            body.set(key.asText(), row.deepCopy());
                        }
                    });
                case "/correlated" ->
                    keyByCorrelation.forEach((correlation, key) -> {
                        if (correlation.startsWith(asked.asText() + ":")) {
                            body.set(
                                    correlation.substring(correlation.lastIndexOf(':') + 1),
                                    JournalJson.object().put("id", key));
                        }
                    });
                default -> page(body, asked);
            }
            return CompletableFuture.completedFuture(new ApiResponse(200, Map.of(), JournalJson.bytes(body)));
        }
    }

    private void page(ObjectNode body, JsonNode asked) {
        Instant since = Instant.parse(asked.path("since").asText());
        int from = asked.path("cursor").asInt(0);
        ArrayNode live = body.putArray("rows");
        ArrayNode gone = body.putArray("deleted");
        Map<String, Runnable> changes = new TreeMap<>();
        Instant[] newest = {Instant.EPOCH};
        rows.forEach((key, row) -> {
            Instant modified = Instant.parse(row.get("modified").asText());
            if (!modified.isBefore(since)) {
                changes.put(modified + key, () -> {
                    live.add(row.deepCopy());
                    newest[0] = modified;
                });
            }
        });
        deleted.forEach((key, time) -> {
            if (!time.isBefore(since) && !asked.path("all").asBoolean()) {
                changes.put(time + key, () -> {
                    gone.add(key);
                    newest[0] = time;
                });
            }
        });
        changes.values().stream().skip(from).limit(pageSize).forEach(Runnable::run);
        if (!live.isEmpty() || !gone.isEmpty()) {
            body.put("newest", newest[0].toString());
        }
        if (from + pageSize < changes.size()) {
            body.put("next", Integer.toString(from + pageSize));
        }
    }

    @Override
    public String api() {
        return "crm";
    }

    @Override
    public Capabilities capabilities(TableMapping table, Operation operation) {
        return new Capabilities(
                true,
                200,
                Batch.SINGLE_REQUEST,
                true,
                true,
                ResultOrder.REQUEST,
                Idempotency.NONE,
                false,
                false,
                serverTimeout);
    }

    @Override
    public List<ApiCall> readBack(TableMapping table, List<String> keys) {
        ArrayNode body = JournalJson.array();
        keys.forEach(body::add);
        return List.of(read("/read", body));
    }

    @Override
    public Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response) {
        Map<String, ObjectNode> read = new HashMap<>();
        json(response).properties().forEach(row -> read.put(row.getKey(), (ObjectNode) row.getValue()));
        return new Reading.Got<>(read);
    }

    @Override
    public @Nullable ApiCall findByCorrelation(Mutation mutation) {
        return mutation.table().correlationField() == null
                ? null
                : read(
                        "/correlated",
                        JournalJson.object().textNode(mutation.id().toString()));
    }

    @Override
    public Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response) {
        Map<Integer, ObjectNode> read = new HashMap<>();
        json(response)
                .properties()
                .forEach(row -> read.put(Integer.valueOf(row.getKey()), (ObjectNode) row.getValue()));
        return new Reading.Got<>(read);
    }

    @Override
    public boolean holds(TableMapping table, RowChange change, ObjectNode canonical) {
        return change.values().properties().stream()
                .allMatch(value -> value.getValue().equals(canonical.get(value.getKey())));
    }

    @Override
    public ApiCall list(TableMapping table, @Nullable String cursor) {
        return read(
                "/list",
                JournalJson.object()
                        .put("since", Instant.EPOCH.toString())
                        .put("cursor", cursor)
                        .put("all", true));
    }

    @Override
    public ApiCall changes(TableMapping table, Instant since, @Nullable String cursor) {
        return read(
                "/changes", JournalJson.object().put("since", since.toString()).put("cursor", cursor));
    }

    @Override
    public Reading<Page> parsePage(TableMapping table, ApiCall call, ApiResponse response) {
        JsonNode body = json(response);
        List<ObjectNode> live = new ArrayList<>();
        body.path("rows").forEach(row -> live.add((ObjectNode) row));
        List<String> gone = new ArrayList<>();
        body.path("deleted").forEach(key -> gone.add(key.asText()));
        return new Reading.Got<>(new Page(
                live,
                gone,
                body.has("newest") ? Instant.parse(body.get("newest").asText()) : null,
                body.path("next").textValue()));
    }

    private static ApiCall read(String path, JsonNode body) {
        return new ApiCall("POST", path, Map.of(), new Body.Json(body), List.of(), List.of(), null, false);
    }

    private static JsonNode json(ApiResponse response) {
        try {
            return JournalJson.parse(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Bucket> buckets() {
        return List.of();
    }

    @Override
    public AuthDescriptor auth() {
        throw new UnsupportedOperationException("reads here need no token");
    }

    @Override
    public Map<String, String> authorization(String accessToken) {
        throw new UnsupportedOperationException("reads here need no token");
    }

    @Override
    public TokenRequest refresh(Grant grant) {
        throw new UnsupportedOperationException("reads here need no token");
    }

    @Override
    public TokenAnswer parseToken(ApiResponse response) {
        throw new UnsupportedOperationException("reads here need no token");
    }

    @Override
    public Plan plan(Mutation mutation) {
        throw new UnsupportedOperationException("tests apply mutations themselves");
    }

    @Override
    public Verdict parse(Mutation mutation, ApiCall call, ApiResponse response) {
        throw new UnsupportedOperationException("tests apply mutations themselves");
    }

    @Override
    public List<LimitFeedback> limits(ApiResponse response) {
        return List.of();
    }

    @Override
    public List<ApiCall> describe(TableRequest request) {
        throw new UnsupportedOperationException("the shape is known");
    }

    @Override
    public Reading<TableMapping> parseDescription(TableRequest request, List<ApiResponse> responses) {
        throw new UnsupportedOperationException("the shape is known");
    }
}
