package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Bucket;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.Grant;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.adapters.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** GitHub. A statement is one GraphQL document with a mutation for each row; they are done in order, and each stands for itself. */
public final class GitHubAdapter implements Adapter {
    static final String PATH = "/graphql";
    static final Map<String, String> HEADERS = Map.of("Accept", "application/vnd.github+json");

    private final GitHubSettings settings;
    private final GitHubTokens tokens;
    private final GitHubAnswers answers;
    private final GitHubReads reads;
    private final GitHubDescription description;

    public GitHubAdapter(GitHubSettings settings) {
        this.settings = settings;
        this.tokens = new GitHubTokens(settings);
        GitHubFailures failures = new GitHubFailures(settings.auth());
        this.answers = new GitHubAnswers(failures);
        this.reads = new GitHubReads(failures);
        this.description = new GitHubDescription(reads);
    }

    @Override
    public String api() {
        return "github";
    }

    @Override
    public Capabilities capabilities(TableMapping table, Operation operation) {
        int maxRows = maxRows(table, operation);
        return new Capabilities(
                maxRows > 0,
                maxRows,
                Capabilities.Batch.SINGLE_REQUEST,
                maxRows == 1,
                operation != Operation.DELETE,
                Capabilities.ResultOrder.REQUEST,
                operation == Operation.INSERT ? Capabilities.Idempotency.NONE : Capabilities.Idempotency.NATURAL,
                false,
                false,
                settings.serverTimeout());
    }

    private static int maxRows(TableMapping table, Operation operation) {
        return table.limits().within(GitHubDescription.MAXIMA).of(operation);
    }

    @Override
    public List<Bucket> buckets() {
        return GitHubLimits.BUCKETS;
    }

    @Override
    public AuthDescriptor auth() {
        return tokens.descriptor();
    }

    @Override
    public Map<String, String> authorization(String accessToken) {
        return Map.of("Authorization", "Bearer " + accessToken);
    }

    /** Of an installation the grant's refresh token is the app's private key. */
    @Override
    public TokenRequest refresh(Grant grant) {
        return tokens.refresh(grant);
    }

    @Override
    public TokenAnswer parseToken(ApiResponse response) {
        return tokens.parse(response);
    }

    @Override
    public Plan plan(Mutation mutation) {
        return GitHubWrites.plan(mutation, maxRows(mutation.table(), mutation.operation()));
    }

    @Override
    public Verdict parse(Mutation mutation, ApiCall call, ApiResponse response) {
        return answers.parse(mutation, response);
    }

    @Override
    public List<LimitFeedback> limits(ApiResponse response) {
        return GitHubLimits.feedback(response);
    }

    @Override
    public List<ApiCall> readBack(TableMapping table, List<String> keys) {
        return reads.readBack(table, keys);
    }

    @Override
    public Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response) {
        return reads.parseReadBack(table, call, response);
    }

    @Override
    public @Nullable ApiCall findByCorrelation(Mutation mutation) {
        return reads.findByCorrelation(mutation);
    }

    @Override
    public Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response) {
        return reads.parseCorrelated(mutation, response);
    }

    @Override
    public boolean holds(TableMapping table, RowChange change, ObjectNode canonical) {
        return GitHubRows.holds(table, change, canonical);
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
        return reads.parsePage(table, response);
    }

    @Override
    public List<ApiCall> describe(TableRequest request) {
        return description.calls(request);
    }

    @Override
    public Reading<TableMapping> parseDescription(TableRequest request, List<ApiResponse> responses) {
        return description.parse(request, responses);
    }
}
