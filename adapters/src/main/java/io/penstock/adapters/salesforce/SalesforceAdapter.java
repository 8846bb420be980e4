package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Body;
import io.penstock.adapters.Bucket;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Grant;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.adapters.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Salesforce. Every mutation is one request, all rows or none. */
public final class SalesforceAdapter implements Adapter {
    /** Calls in any 24 hours; the number is the org's, this one the smallest of a paid edition. */
    static final String DAILY = "daily";

    /** Calls at the same time. Salesforce counts those of 20 seconds and more; counting all is on the safe side. */
    static final String CONCURRENT = "concurrent";

    static final List<PermitCost> ONE_CALL = List.of(new PermitCost(DAILY, 1), new PermitCost(CONCURRENT, 1));

    private static final List<Bucket> BUCKETS = List.of(
            new Bucket(DAILY, new Bucket.Shape.Window(100_000, Duration.ofHours(24))),
            new Bucket(CONCURRENT, new Bucket.Shape.Concurrency(25)));

    private static final Pattern USAGE = Pattern.compile("(?<![a-z-])api-usage=(\\d{1,12})/(\\d{1,12})");

    private final SalesforceSettings settings;
    private final SalesforcePaths paths;
    private final SalesforceWrites writes;
    private final SalesforceReads reads;

    public SalesforceAdapter(SalesforceSettings settings) {
        this.settings = settings;
        this.paths = new SalesforcePaths(settings.apiVersion());
        this.writes = new SalesforceWrites(paths);
        this.reads = new SalesforceReads(paths);
    }

    @Override
    public String api() {
        return "salesforce";
    }

    @Override
    public Capabilities capabilities(TableMapping table, Operation operation) {
        int maxRows = maxRows(table, operation);
        return new Capabilities(
                maxRows > 0,
                maxRows,
                Capabilities.Batch.SINGLE_REQUEST,
                true,
                switch (operation) {
                    case INSERT -> table.correlationField() != null;
                    case UPDATE -> true;
                    case DELETE -> false;
                },
                Capabilities.ResultOrder.REQUEST,
                operation == Operation.INSERT ? Capabilities.Idempotency.NONE : Capabilities.Idempotency.NATURAL,
                false,
                true,
                settings.serverTimeout());
    }

    private static int maxRows(TableMapping table, Operation operation) {
        return table.limits().within(SalesforceDescription.MAXIMA).of(operation);
    }

    @Override
    public List<Bucket> buckets() {
        return BUCKETS;
    }

    /** Tokens end when the org's session timeout says so, and no answer tells when: only a refused call does. */
    @Override
    public AuthDescriptor auth() {
        return new AuthDescriptor.OAuthRefresh("https://login.salesforce.com/services/oauth2/token", true, true, null);
    }

    @Override
    public Map<String, String> authorization(String accessToken) {
        return Map.of("Authorization", "Bearer " + accessToken);
    }

    @Override
    public TokenRequest refresh(Grant grant) {
        return SalesforceTokens.refresh(grant);
    }

    @Override
    public TokenAnswer parseToken(ApiResponse response) {
        return SalesforceTokens.parse(response);
    }

    @Override
    public Plan plan(Mutation mutation) {
        return writes.plan(mutation, maxRows(mutation.table(), mutation.operation()));
    }

    @Override
    public boolean upserts(TableMapping table, String column) {
        ColumnMapping mapped = table.column(column);
        return mapped != null && mapped.creatable() && SalesforceDescription.isExternalId(table, mapped.field());
    }

    @Override
    public Verdict parse(Mutation mutation, ApiCall call, ApiResponse response) {
        return SalesforceAnswers.parse(mutation, call, response);
    }

    @Override
    public List<LimitFeedback> limits(ApiResponse response) {
        String header = response.header("Sforce-Limit-Info");
        Matcher usage = header == null ? null : USAGE.matcher(header);
        if (usage == null || !usage.find()) {
            return List.of();
        }
        long used = Long.parseLong(usage.group(1));
        long limit = Long.parseLong(usage.group(2));
        return List.of(new LimitFeedback(DAILY, limit, Math.max(0, limit - used), null));
    }

    @Override
    public List<ApiCall> readBack(TableMapping table, List<String> keys) {
        return reads.readBack(table, keys);
    }

    @Override
    public Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response) {
        return SalesforceReads.parseReadBack(table, call, response);
    }

    @Override
    public @Nullable ApiCall findByCorrelation(Mutation mutation) {
        return reads.findByCorrelation(mutation);
    }

    @Override
    public Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response) {
        return SalesforceReads.parseCorrelated(mutation, response);
    }

    @Override
    public boolean holds(TableMapping table, RowChange change, ObjectNode canonical) {
        return SalesforceRows.holds(table, change, canonical);
    }

    @Override
    public ApiCall list(TableMapping table, @Nullable String cursor) {
        return reads.list(table, cursor);
    }

    @Override
    public ApiCall changes(TableMapping table, Instant since, @Nullable String cursor) {
        return reads.changes(table, since, cursor);
    }

    @Override
    public Reading<Page> parsePage(TableMapping table, ApiCall call, ApiResponse response) {
        return SalesforceReads.parsePage(table, response);
    }

    @Override
    public List<ApiCall> describe(TableRequest request) {
        return List.of(SalesforceReads.read("GET", paths.describe(request.object()), Body.EMPTY));
    }

    @Override
    public Reading<TableMapping> parseDescription(TableRequest request, List<ApiResponse> responses) {
        return SalesforceDescription.parse(request, responses.getFirst());
    }
}
