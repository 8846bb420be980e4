package io.penstock.adapters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One API: plans requests and parses answers, both pure. The same mutation always gives the same plan, so a journal that has the mutation
 * needs no copy of the calls. Parsers throw nothing, whatever the bytes are.
 */
public interface Adapter {
    /** The API's name, as schemas, configuration and messages call it: {@code salesforce}. */
    String api();

    /** What the operation can do on this table. */
    Capabilities capabilities(TableMapping table, Operation operation);

    /** The limits that the API puts on an account; configuration may change their numbers. */
    List<Bucket> buckets();

    /** How an account proves itself. */
    AuthDescriptor auth();

    /** The headers that carry an access token. */
    Map<String, String> authorization(String accessToken);

    /** The refresh of an access token. */
    TokenRequest refresh(Grant grant);

    TokenAnswer parseToken(ApiResponse response);

    /** What will be sent, or why nothing can be. */
    Plan plan(Mutation mutation);

    /** What the answer to one call of the plan means for the rows of that call. */
    Verdict parse(Mutation mutation, ApiCall call, ApiResponse response);

    /** Whether an INSERT of this table can update, in one request, the rows that the API has already by this column's value. */
    default boolean upserts(TableMapping table, String column) {
        return false;
    }

    /** What the API says about its limits, in any answer. */
    List<LimitFeedback> limits(ApiResponse response);

    /** Reads rows by key, each named once; several calls where the API cannot read them at once. */
    List<ApiCall> readBack(TableMapping table, List<String> keys);

    /** Canonical rows by key. A key that is missing does not exist at the API (any more). */
    Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response);

    /** Finds the rows of an INSERT by the correlation field, deleted ones included; null where the table has none. */
    @Nullable
    ApiCall findByCorrelation(Mutation mutation);

    /** Canonical rows by ordinal. */
    Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response);

    /** Whether the API's row holds what the change asked for, forgiving what the API is known to normalise. */
    boolean holds(TableMapping table, RowChange change, ObjectNode canonical);

    /** All rows, page by page; {@code cursor} is null for the first. */
    ApiCall list(TableMapping table, @Nullable String cursor);

    /** What changed at or after {@code since} by the API's clock, deletions included where the API tells them; oldest first. */
    ApiCall changes(TableMapping table, Instant since, @Nullable String cursor);

    /**
     * A page of either listing.
     *
     * @param call the one that the answer is to: pages of a listing and of changes may look alike
     */
    Reading<Page> parsePage(TableMapping table, ApiCall call, ApiResponse response);

    /** What to ask so that the table can be described; none where the API's shape is known beforehand. */
    List<ApiCall> describe(TableRequest request);

    /** The answers, in the order of the calls. */
    Reading<TableMapping> parseDescription(TableRequest request, List<ApiResponse> responses);
}
