package io.penstock.adapters.salesforce;

import static io.penstock.adapters.salesforce.Contacts.ADAPTER;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: no parser throws, and no answer makes more of the rows than it says. */
class SalesforceParsersFuzz {
    private static final TableMapping TABLE = Contacts.table();
    private static final List<Mutation> MUTATIONS = List.of(
            Contacts.insert("{'last_name':'A','email':'x'}", "{'last_name':'B'}"),
            Contacts.mutation(
                    Operation.INSERT, Contacts.table(null, new RowLimits(200, 200, 200)), "{'last_name':'A'}", "{}"),
            Contacts.mutation(Operation.UPDATE, TABLE, "{'email':'x'}", "{'score':1.5,'interests':['a']}"),
            Contacts.mutation(Operation.DELETE, TABLE, "{}", "{}"));
    private static final TableRequest REQUEST = new TableRequest(
            "salesforce", "contacts", "Contact", List.of(), "Penstock_Mutation__c", Map.of(), null, Map.of());
    private static final int[] STATUSES = {
        200, 200, 200, 200, 201, 204, 300, 302, 400, 401, 403, 404, 408, 429, 500, 503, 0, -1, 999
    };

    /** Well-formed answers of all kinds, to be damaged. */
    private static final List<String> SEEDS = List.of(
            "{'compositeResponse':[{'body':[{'id':'003000000000001AAA','success':true,'errors':[]},{'id':'003000000000002AAA','success':true,'errors':[]}],'httpStatusCode':200,'referenceId':'write'},{'body':{'done':true,'records':[{'Id':'003000000000001AAA','Score__c':1.0E7,'SystemModstamp':'2026-01-02T03:04:05.000+0000','Penstock_Mutation__c':'0198f0f0-1111-7222-8333-444455556666:0'}]},'httpStatusCode':200,'referenceId':'read'}]}",
            "{'compositeResponse':[{'body':[{'errorCode':'PROCESSING_HALTED','message':'x'}],'httpStatusCode':400,'referenceId':'write'},{'body':[{'errorCode':'INVALID_FIELD','message':'y'}],'httpStatusCode':400,'referenceId':'read'}]}",
            "[{'id':'003000000000001AAA','success':true,'errors':[]},{'success':false,'errors':[{'statusCode':'INVALID_EMAIL_ADDRESS','message':'m"
                    + " (max length=40)','fields':['Email']}]}]",
            "[{'success':false,'errors':[{'statusCode':'ALL_OR_NONE_OPERATION_ROLLED_BACK','message':'m','fields':[]}]},{'success':false,'errors':[{'statusCode':'ENTITY_IS_DELETED','message':'','fields':[]}]}]",
            "[{'message':'Session expired or invalid','errorCode':'INVALID_SESSION_ID'}]",
            "[{'Id':'003000000000001AAA','Interests__c':'a;b','MetAt__c':'2026-01-02T03:04:05.000+0000'},null]",
            "{'totalSize':1,'done':false,'nextRecordsUrl':'/services/data/v62.0/query/01g','records':[{'Id':'003000000000001AAA','IsDeleted':true,'SystemModstamp':'2026-01-02T03:04:05.000+0000'}]}",
            "{'label':'Contact','fields':[{'name':'Id','type':'id','length':18},{'name':'SystemModstamp','type':'datetime'},{'name':'Penstock_Mutation__c','type':'string','createable':true},{'name':'A__c','type':'string','length':-5,'createable':true}]}",
            "{'access_token':'a','instance_url':'https://x.test','refresh_token':'r'}",
            "{'error':'invalid_grant','error_description':'d'}");

    private static final List<String> SPICE = List.of(
            "null",
            "true",
            "7",
            "-1e999999999",
            "1e-999999999",
            "''",
            "[]",
            "{}",
            "[[[[[[",
            "'\\uD800'",
            "\0",
            "9".repeat(1200),
            "[".repeat(5000),
            "'id':'",
            "'success':false");

    @FuzzTest(maxDuration = "60s")
    void noParserThrows(byte[] bytes) {
        parseAll(200, bytes);
        parseAll(bytes.length == 0 ? 0 : STATUSES[Byte.toUnsignedInt(bytes[0]) % STATUSES.length], bytes);
    }

    @Test
    void noParserThrowsOnDamagedAnswers() {
        Random random = new Random(42);
        Set<String> verdicts = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = damage(SEEDS.get(random.nextInt(SEEDS.size())), random);
            verdicts.addAll(parseAll(STATUSES[random.nextInt(STATUSES.length)], bytes));
        }
        assertThat(verdicts)
                .as("the damage leaves something of everything")
                .contains(
                        "Answered", "RequestRejected", "UnknownOutcome", "TokenExpired", "RateLimited", "Unavailable");
    }

    private static byte[] damage(String seed, Random random) {
        StringBuilder text = new StringBuilder(seed);
        for (int i = random.nextInt(4); i > 0 && !text.isEmpty(); i--) {
            int from = random.nextInt(text.length());
            int to = Math.min(text.length(), from + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(from, to);
                case 1 -> text.insert(from, SPICE.get(random.nextInt(SPICE.size())));
                case 2 -> text.replace(from, to, SPICE.get(random.nextInt(SPICE.size())));
                case 3 -> text.insert(from, text.substring(from, to));
                default -> text.setLength(from);
            }
        }
        byte[] bytes = text.toString().replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextInt(8) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static List<String> parseAll(int status, byte[] bytes) {
        ApiResponse response = new ApiResponse(
                status, Map.of("Sforce-Limit-Info", List.of(new String(bytes, StandardCharsets.ISO_8859_1))), bytes);
        List<String> names = new ArrayList<>();
        for (Mutation mutation : MUTATIONS) {
            Verdict verdict = ADAPTER.parse(mutation, Contacts.call(mutation), response);
            check(mutation, response, verdict);
            names.add(verdict.getClass().getSimpleName());
            assertThat(ADAPTER.parseCorrelated(mutation, response)).isNotNull();
            Mutation asked = mutation;
            if (ADAPTER.parseCorrelated(mutation, response)
                    instanceof Reading.Got<Map<Integer, ObjectNode>>(var rows)) {
                rows.forEach((ordinal, row) -> ADAPTER.holds(TABLE, asked.rows().get(ordinal), row));
            }
        }
        ApiCall readBack =
                ADAPTER.readBack(TABLE, List.of(Contacts.ONE, Contacts.TWO)).getFirst();
        assertThat(ADAPTER.parseReadBack(TABLE, readBack, response)).isNotNull();
        assertThat(ADAPTER.parsePage(TABLE, ADAPTER.list(TABLE, null), response))
                .isNotNull();
        assertThat(ADAPTER.parseDescription(REQUEST, List.of(response))).isNotNull();
        assertThat(ADAPTER.parseToken(response)).isNotNull();
        assertThat(ADAPTER.limits(response)).isNotNull();
        return names;
    }

    private static void check(Mutation mutation, ApiResponse response, Verdict verdict) {
        if (verdict instanceof Verdict.Answered(List<RowOutcome> outcomes)) {
            assertThat(response.successful())
                    .as(Arrays.toString(response.body()))
                    .isTrue();
            assertThat(outcomes).extracting(RowOutcome::ordinal).containsExactly(0, 1);
        } else if (verdict instanceof Failure.RequestRejected rejected) {
            assertThat(rejected.rejections())
                    .allSatisfy(rejection -> assertThat(rejection.ordinal() == null
                                    || rejection.ordinal() < mutation.rows().size())
                            .isTrue());
        }
    }
}
