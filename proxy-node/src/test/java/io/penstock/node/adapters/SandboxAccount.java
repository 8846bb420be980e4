package io.penstock.node.adapters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Resolution;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.Verdict;
import io.penstock.sandbox.Sandbox;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One table of a sandbox as an adapter sees it: what the engine does, one call after the other. */
final class SandboxAccount implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Sandbox sandbox;
    private final Adapter adapter;
    private final TableMapping table;
    private String token;

    SandboxAccount(Sandbox sandbox, Adapter adapter, String token, TableRequest request) {
        this.sandbox = sandbox;
        this.adapter = adapter;
        this.token = token;
        List<ApiResponse> responses =
                adapter.describe(request).stream().map(this::answered).toList();
        this.table = got(adapter.parseDescription(request, responses));
    }

    TableMapping table() {
        return table;
    }

    void token(String other) {
        token = other;
    }

    Mutation insert(String... rows) {
        return mutation(Operation.INSERT, null, List.of(), rows);
    }

    Mutation upsert(String column, String... rows) {
        return mutation(Operation.INSERT, column, List.of(), rows);
    }

    Mutation update(List<String> keys, String... rows) {
        return mutation(Operation.UPDATE, null, keys, rows);
    }

    Mutation delete(List<String> keys) {
        return mutation(
                Operation.DELETE, null, keys, keys.stream().map(key -> "{}").toArray(String[]::new));
    }

    private Mutation mutation(Operation operation, @Nullable String upsertOn, List<String> keys, String... rows) {
        List<RowChange> changes = new ArrayList<>();
        for (String row : rows) {
            int ordinal = changes.size();
            changes.add(new RowChange(ordinal, keys.isEmpty() ? null : keys.get(ordinal), object(row)));
        }
        return new Mutation(UUID.randomUUID(), operation, table, changes, upsertOn);
    }

    /** What each request of the plan was answered, up to the first that is no answer for its rows. */
    List<Verdict> send(Mutation mutation) {
        List<Verdict> verdicts = new ArrayList<>();
        for (ApiCall call : ((Plan.Planned) adapter.plan(mutation)).calls()) {
            ApiResponse response = exchange(call);
            verdicts.add(
                    response == null
                            ? new io.penstock.adapters.Failure.UnknownOutcome("lost")
                            : adapter.parse(mutation, call, response));
            if (!(verdicts.getLast() instanceof Verdict.Answered)) {
                break;
            }
        }
        return verdicts;
    }

    /** The canonical rows of a mutation that is applied whole. */
    List<ObjectNode> applied(Mutation mutation) {
        Map<String, @Nullable ObjectNode> rows = new LinkedHashMap<>();
        for (Verdict verdict : send(mutation)) {
            for (RowOutcome outcome : ((Verdict.Answered) verdict).outcomes()) {
                RowOutcome.Applied row = (RowOutcome.Applied) outcome;
                rows.put(row.key(), row.canonical());
            }
        }
        List<String> bare =
                rows.keySet().stream().filter(key -> rows.get(key) == null).toList();
        rows.putAll(readBack(bare));
        return rows.values().stream().filter(Objects::nonNull).toList();
    }

    Map<String, ObjectNode> readBack(List<String> keys) {
        Map<String, ObjectNode> rows = new LinkedHashMap<>();
        for (ApiCall call : adapter.readBack(table, keys)) {
            rows.putAll(got(adapter.parseReadBack(table, call, answered(call))));
        }
        return rows;
    }

    /** What became of a mutation whose answer was lost so long ago that no request can still be at work. */
    Resolution.Step resolve(Mutation mutation) {
        Instant now = Instant.now().plus(Duration.ofHours(1));
        Resolution.Step step = Resolution.next(adapter, mutation, new Resolution.Facts(Instant.now(), now, null));
        if (!(step instanceof Resolution.Step.Ask(List<ApiCall> calls))) {
            return step;
        }
        List<ApiResponse> responses = calls.stream().map(this::answered).toList();
        return Resolution.next(
                adapter,
                mutation,
                new Resolution.Facts(Instant.now(), now, got(Resolution.observe(adapter, mutation, calls, responses))));
    }

    List<ObjectNode> list() {
        return pages(cursor -> adapter.list(table, cursor));
    }

    List<ObjectNode> changes(Instant since) {
        return pages(cursor -> adapter.changes(table, since, cursor));
    }

    private List<ObjectNode> pages(Function<@Nullable String, ApiCall> calls) {
        List<ObjectNode> rows = new ArrayList<>();
        String cursor = null;
        do {
            ApiCall call = calls.apply(cursor);
            Page page = got(adapter.parsePage(table, call, answered(call)));
            rows.addAll(page.rows());
            cursor = page.nextCursor();
        } while (cursor != null);
        return rows;
    }

    private ApiResponse answered(ApiCall call) {
        return Objects.requireNonNull(exchange(call), "no answer");
    }

    /** Null where no whole answer came. */
    @Nullable
    ApiResponse exchange(ApiCall call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(sandbox.uri().resolve(call.path()))
                .method(
                        call.method(),
                        HttpRequest.BodyPublishers.ofString(call.body().text()));
        String contentType = call.body().contentType();
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        call.headers().forEach(request::header);
        adapter.authorization(token).forEach(request::header);
        try {
            HttpResponse<byte[]> response = http.send(
                    request.version(HttpClient.Version.HTTP_1_1)
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return new ApiResponse(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException lost) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static <T> T got(Reading<T> reading) {
        return switch (reading) {
            case Reading.Got<T>(T value) -> value;
            case Reading.Failed<T> failed -> throw new AssertionError(failed);
        };
    }

    private static ObjectNode object(String row) {
        return (ObjectNode)
                Objects.requireNonNull(Json.read(row.replace('\'', '"').getBytes(StandardCharsets.UTF_8)), "no JSON");
    }

    @Override
    public void close() {
        http.close();
    }
}
