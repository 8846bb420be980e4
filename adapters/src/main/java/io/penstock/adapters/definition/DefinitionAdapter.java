package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Bucket;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Grant;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
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
import org.jspecify.annotations.Nullable;

/** An API that is known by its definition alone. */
public final class DefinitionAdapter implements Adapter {
    private final Definition definition;
    private final boolean staticToken;
    private final DefinitionErrors errors;
    private final DefinitionWrites writes;
    private final DefinitionAnswers answers;
    private final DefinitionReads reads;
    private final DefinitionPages pages;
    private final DefinitionDescription description;

    /**
     * The adapter of one account.
     *
     * @param staticToken the account has a token that stays, though the API may know others too
     */
    public DefinitionAdapter(Definition definition, boolean staticToken) {
        this.definition = definition;
        this.staticToken = staticToken || definition.auth().oauth() == null;
        this.errors = new DefinitionErrors(definition);
        this.writes = new DefinitionWrites(definition);
        this.answers = new DefinitionAnswers(errors);
        this.reads = new DefinitionReads(definition, errors);
        this.pages = new DefinitionPages(reads);
        this.description = new DefinitionDescription(reads);
    }

    @Override
    public String api() {
        return definition.api();
    }

    @Override
    public Capabilities capabilities(TableMapping table, Operation operation) {
        TableRule rule = rule(table);
        VerbRule verb = rule.verbs().get(operation);
        int maxRows = maxRows(rule, table, operation);
        if (verb == null) {
            return new Capabilities(
                    false,
                    0,
                    Capabilities.Batch.SINGLE_REQUEST,
                    true,
                    false,
                    Capabilities.ResultOrder.REQUEST,
                    Capabilities.Idempotency.NONE,
                    false,
                    false,
                    definition.serverTimeout());
        }
        VerbRule.Result result = verb.form(Math.max(1, maxRows)).result();
        return new Capabilities(
                maxRows > 0,
                maxRows,
                verb.each() != null && maxRows > 1 ? Capabilities.Batch.FAN_OUT : Capabilities.Batch.SINGLE_REQUEST,
                verb.atomic() || maxRows == 1,
                operation != Operation.DELETE && result.complete(),
                switch (result.correlate()) {
                    case ORDER -> Capabilities.ResultOrder.REQUEST;
                    case KEY -> Capabilities.ResultOrder.BY_KEY;
                    case REFERENCE, UPSERT -> Capabilities.ResultOrder.BY_CORRELATION;
                },
                idempotency(verb, operation),
                false,
                false,
                definition.serverTimeout());
    }

    private static Capabilities.Idempotency idempotency(VerbRule verb, Operation operation) {
        if (verb.idempotencyHeader() != null) {
            return Capabilities.Idempotency.KEY;
        }
        return operation == Operation.INSERT ? Capabilities.Idempotency.NONE : Capabilities.Idempotency.NATURAL;
    }

    private static int maxRows(TableRule rule, TableMapping table, Operation operation) {
        return table.limits().within(rule.maxima()).of(operation);
    }

    @Override
    public List<Bucket> buckets() {
        return definition.limits().stream().map(LimitRule::bucket).toList();
    }

    @Override
    public AuthDescriptor auth() {
        AuthRule.OAuth oauth = definition.auth().oauth();
        return staticToken || oauth == null
                ? new AuthDescriptor.StaticToken()
                : new AuthDescriptor.OAuthRefresh(
                        oauth.tokenUrl(), oauth.rotating(), oauth.onExpired(), oauth.before());
    }

    @Override
    public Map<String, String> authorization(String accessToken) {
        AuthRule auth = definition.auth();
        return Map.of(auth.header(), auth.value().replace(AuthRule.TOKEN, accessToken));
    }

    @Override
    public TokenRequest refresh(Grant grant) {
        return DefinitionTokens.refresh(oauth(), grant);
    }

    @Override
    public TokenAnswer parseToken(ApiResponse response) {
        return DefinitionTokens.parse(oauth(), response);
    }

    private AuthRule.OAuth oauth() {
        AuthRule.OAuth oauth = definition.auth().oauth();
        if (oauth == null) {
            throw new IllegalStateException(api() + " has no tokens to refresh");
        }
        return oauth;
    }

    @Override
    public Plan plan(Mutation mutation) {
        TableRule rule = rule(mutation.table());
        return writes.plan(mutation, rule, verb(rule, mutation), maxRows(rule, mutation.table(), mutation.operation()));
    }

    @Override
    public Verdict parse(Mutation mutation, ApiCall call, ApiResponse response) {
        TableRule rule = rule(mutation.table());
        VerbRule verb = verb(rule, mutation);
        return verb == null
                ? new Failure.UnknownOutcome("the definition has no such verb any more")
                : answers.parse(mutation, rule, verb, call, response);
    }

    @Override
    public boolean upserts(TableMapping table, String column) {
        ColumnMapping mapped = table.column(column);
        return rule(table).upsert() != null && mapped != null && mapped.creatable();
    }

    private static @Nullable VerbRule verb(TableRule rule, Mutation mutation) {
        return mutation.upsertOn() == null ? rule.verbs().get(mutation.operation()) : rule.upsert();
    }

    @Override
    public List<LimitFeedback> limits(ApiResponse response) {
        return DefinitionLimits.feedback(definition, errors, response);
    }

    @Override
    public List<ApiCall> readBack(TableMapping table, List<String> keys) {
        return reads.readBack(rule(table), table, keys);
    }

    @Override
    public Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response) {
        return reads.parseReadBack(rule(table), table, response);
    }

    @Override
    public @Nullable ApiCall findByCorrelation(Mutation mutation) {
        return reads.findByCorrelation(rule(mutation.table()), mutation);
    }

    @Override
    public Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response) {
        return reads.parseCorrelated(rule(mutation.table()), mutation, response);
    }

    @Override
    public boolean holds(TableMapping table, RowChange change, ObjectNode canonical) {
        return DefinitionRows.holds(rule(table), table, change, canonical);
    }

    @Override
    public ApiCall list(TableMapping table, @Nullable String cursor) {
        return pages.list(rule(table), table, cursor);
    }

    @Override
    public ApiCall changes(TableMapping table, Instant since, @Nullable String cursor) {
        return pages.changes(rule(table), table, since, cursor);
    }

    @Override
    public Reading<Page> parsePage(TableMapping table, ApiCall call, ApiResponse response) {
        return pages.parse(rule(table), table, call, response);
    }

    @Override
    public List<ApiCall> describe(TableRequest request) {
        TableRule rule = definition.table(request.object());
        return rule == null ? List.of() : description.calls(rule, request);
    }

    @Override
    public Reading<TableMapping> parseDescription(TableRequest request, List<ApiResponse> responses) {
        TableRule rule = definition.table(request.object());
        if (rule == null) {
            String known = String.join(
                    ", ", definition.tables().keySet().stream().sorted().toList());
            return new Reading.Failed<>(new Failure.RequestRejected(new Rejection(
                    ErrorClass.UNSUPPORTED,
                    null,
                    null,
                    "UNKNOWN_OBJECT",
                    "The definition of " + api() + " has no table " + request.object() + "; it has " + known + ".")));
        }
        return description.parse(rule, request, responses);
    }

    private TableRule rule(TableMapping table) {
        TableRule rule = definition.table(table.object());
        if (rule == null) {
            throw new IllegalStateException("the definition of " + api() + " has no table " + table.object());
        }
        return rule;
    }

    /** How long a request that nobody waits for may still be at work at the API. */
    public Duration serverTimeout() {
        return definition.serverTimeout();
    }
}
