package io.penstock.adapters.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: no parser throws, and no answer makes more of the rows than it says. */
class DefinitionParsersFuzz {
    private static final int[] STATUSES = {
        200, 200, 200, 201, 204, 207, 207, 302, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503, 0, 999
    };
    private static final List<Api> APIS = List.of(HubSpotContacts.API, AirtableTasks.API);

    /** Well-formed answers of all kinds, to be damaged. */
    private static final List<String> SEEDS = List.of(
            HubSpotContacts.PROPERTIES,
            AirtableTasks.TABLES,
            "{'id':'1','properties':{'email':'a'},'createdAt':'2026-01-02T03:04:05Z'}",
            "{'status':'COMPLETE','results':[{'id':'1','objectWriteTraceId':'" + Api.ID
                    + ":0','properties':{'annualrevenue':'1e999999',"
                    + "'closedate':'99999999999999','penstock_mutation':'" + Api.ID
                    + ":1'}},{'id':'2','objectWriteTraceId':'" + Api.ID
                    + ":1'}],'numErrors':1,'errors':[{'category':'OBJECT_NOT_FOUND','context':{'ids':['1','2'],'objectWriteTraceId':['"
                    + Api.ID + ":0']}}],'paging':{'next':{'after':'99999999999'}}}",
            "{'status':'error','message':'Property values were not valid: [{\\'isValid\\':false,\\'name\\':\\'email\\'}]','category':'VALIDATION_ERROR'}",
            "{'records':[{'id':'rec00000000000001','deleted':true,'createdTime':'2026','fields':{'Name':'A','Done':1,'Effort':1E400,"
                    + "'Changed':'2026-01-02T03:04:05.000Z'}},{'id':'rec00000000000002','fields':{}}],'offset':'x'}",
            "{'error':{'type':'ROW_DOES_NOT_EXIST','message':'Record ID rec00000000000002 does not exist in this table'}}",
            "{'error':'NOT_FOUND'}",
            "{'access_token':'a','refresh_token':'r','expires_in':1e99}");

    private static final List<String> SPICE = List.of(
            "null",
            "true",
            "-1",
            "1e999999999",
            "[]",
            "{}",
            "''",
            "[[",
            "'\\u0000'",
            "{'id':{}}",
            "99999999999999999999");

    @FuzzTest(maxDuration = "30s")
    void survives(byte[] bytes) {
        for (int status : STATUSES) {
            check(new ApiResponse(status, Map.of("Retry-After", List.of("x")), bytes));
        }
    }

    @Test
    void survivesDamagedAnswers() {
        Random random = new Random(20_261_121);
        for (int round = 0; round < 4_000; round++) {
            StringBuilder text =
                    new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())).replace('\'', '"'));
            for (int damage = random.nextInt(4); damage > 0 && !text.isEmpty(); damage--) {
                int at = random.nextInt(text.length());
                int end = Math.min(text.length(), at + random.nextInt(12));
                text.replace(at, end, SPICE.get(random.nextInt(SPICE.size())).replace('\'', '"'));
            }
            check(new ApiResponse(
                    STATUSES[random.nextInt(STATUSES.length)],
                    Map.of("X-HubSpot-RateLimit-Remaining", List.of("99999999999999")),
                    text.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static void check(ApiResponse response) {
        for (Api api : APIS) {
            DefinitionAdapter adapter = api.adapter();
            String column = api == AirtableTasks.API ? "name" : "email";
            String row = "{'" + column + "':'A'}";
            for (Mutation mutation : List.of(
                    api.insert(row),
                    api.insert(row, row),
                    api.update(row, row),
                    api.delete(2),
                    api.upsert(column, row))) {
                for (ApiCall call : api.calls(mutation)) {
                    rowsOnlyOnce(mutation, call, adapter.parse(mutation, call, response));
                }
                assertThat(adapter.parseCorrelated(mutation, response)).isNotNull();
            }
            ApiCall read = adapter.readBack(api.table(), List.of(api.key(1))).getFirst();
            assertThat(adapter.parseReadBack(api.table(), read, response)).isNotNull();
            assertThat(adapter.parsePage(api.table(), adapter.list(api.table(), null), response))
                    .isNotNull();
            assertThat(adapter.parsePage(api.table(), adapter.changes(api.table(), Instant.EPOCH, null), response))
                    .isNotNull();
            assertThat(adapter.parseToken(response)).isNotNull();
            assertThat(adapter.limits(response)).isNotNull();
            assertThat(adapter.parseDescription(AirtableTasks.REQUEST, List.of(response)))
                    .isNotNull();
        }
    }

    private static void rowsOnlyOnce(Mutation mutation, ApiCall call, Verdict verdict) {
        switch (verdict) {
            case Verdict.Answered(List<RowOutcome> outcomes) -> {
                Set<Integer> seen = new HashSet<>();
                List<String> keys = new ArrayList<>();
                for (RowOutcome outcome : outcomes) {
                    assertThat(seen.add(outcome.ordinal())).isTrue();
                    assertThat(call.ordinals()).contains(outcome.ordinal());
                    if (outcome instanceof RowOutcome.Applied(int ordinal, String key, ObjectNode _)) {
                        assertThat(key).isNotEmpty();
                        String asked = mutation.rows().get(ordinal).key();
                        assertThat(asked == null || asked.equals(key)).isTrue();
                        keys.add(key);
                    }
                }
                assertThat(seen).hasSize(call.ordinals().size());
                assertThat(keys).isNotEmpty();
            }
            case Failure.RequestRejected rejected ->
                assertThat(rejected.rejections()).isNotEmpty();
            case Failure.RateLimited limited -> assertThat(limited.bucket()).isNotEmpty();
            case Failure.TokenExpired _, Failure.AuthRevoked _, Failure.Unavailable _, Failure.UnknownOutcome _ -> {
                // nothing is said of any row
            }
        }
    }
}
