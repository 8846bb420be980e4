package io.penstock.adapters.salesforce;

import static io.penstock.adapters.salesforce.Contacts.ADAPTER;
import static io.penstock.adapters.salesforce.Contacts.ONE;
import static io.penstock.adapters.salesforce.Contacts.TWO;
import static io.penstock.adapters.salesforce.Contacts.answer;
import static io.penstock.adapters.salesforce.Contacts.insert;
import static io.penstock.adapters.salesforce.Contacts.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading by id, by correlation and page by page. */
class SalesforceReadsTest {
    private static final TableMapping TABLE = Contacts.table();
    private static final String FIELDS =
            "Id, FirstName, LastName, Email, Interests__c, Score__c, HasOptedOutOfEmail, MetAt__c, AccountId, Name,"
                    + " CreatedDate, SystemModstamp";

    @Test
    void rowsAreReadBackById() {
        ApiCall call = ADAPTER.readBack(TABLE, List.of(ONE, TWO, ONE)).getFirst();
        assertThat(call.method() + " " + call.path()).isEqualTo("POST /services/data/v62.0/composite/sobjects/Contact");
        assertThat(call.write()).isFalse();
        assertThat(call.body().text())
                .startsWith(
                        "{\"ids\":[\"003000000000001AAA\",\"003000000000002AAA\"],\"fields\":[\"Id\",\"FirstName\",");

        assertThat(readBack(call, "[{'Id':'" + TWO + "','LastName':'B'},null]")).containsOnlyKeys(TWO);
        assertThat(readBack(call, "[null,null]")).isEmpty();
    }

    @Test
    void moreRowsThanOneRetrieveTakesAreSeveral() {
        List<String> keys = IntStream.range(0, 2001).mapToObj(Contacts::id).toList();
        assertThat(ADAPTER.readBack(TABLE, keys)).hasSize(2);
        assertThat(ADAPTER.readBack(TABLE, keys.subList(0, 2000))).hasSize(1);
        assertThat(ADAPTER.readBack(TABLE, List.of())).isEmpty();
    }

    @Test
    void aShortKeyFindsItsRow() {
        ApiCall call = ADAPTER.readBack(TABLE, List.of("003000000000001")).getFirst();
        assertThat(readBack(call, "[{'Id':'" + ONE + "'}]")).containsOnlyKeys("003000000000001");
    }

    /** Else a row that is not in the answer would pass for deleted. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[null]",
                "{}",
                "[{'Id':'003000000000001AAA'},{}]",
                "[null,7]",
                "nonsense",
                "[null,null,null]"
            })
    void aReadBackThatIsNotWholeIsNone(String body) {
        ApiCall call = ADAPTER.readBack(TABLE, List.of(ONE, TWO)).getFirst();
        assertThat(ADAPTER.parseReadBack(TABLE, call, answer(200, body))).isInstanceOf(Reading.Failed.class);
    }

    @Test
    void insertedRowsAreFoundByCorrelation() {
        Mutation mutation = insert("{'last_name':'A'}", "{'last_name':'B'}");
        ApiCall call = Objects.requireNonNull(ADAPTER.findByCorrelation(mutation));
        assertThat(soql(call))
                .isEqualTo("/services/data/v62.0/queryAll?q=SELECT " + FIELDS
                        + ", Penstock_Mutation__c FROM Contact WHERE Penstock_Mutation__c LIKE '" + Contacts.ID
                        + ":%'");

        assertThat(correlated(mutation, "{'done':true,'records':[]}")).isEmpty();
        Map<Integer, ObjectNode> found = correlated(
                mutation,
                "{'done':true,'records':[{'Id':'" + TWO + "','Penstock_Mutation__c':'" + Contacts.ID + ":1'}]}");
        assertThat(found).containsOnlyKeys(1);
        assertThat(Objects.requireNonNull(found.get(1)).path("id").asText()).isEqualTo(TWO);
    }

    @Test
    void withoutACorrelationFieldNothingCanBeFound() {
        TableMapping table = Contacts.table(null, new RowLimits(200, 200, 200));
        assertThat(ADAPTER.findByCorrelation(Contacts.mutation(Operation.INSERT, table, "{'last_name':'A'}")))
                .isNull();
    }

    /** Else rows that are there would be declared never written. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{'done':false,'records':[]}",
                "{'records':[]}",
                "{'done':true,'records':[{}]}",
                "{'done':true,'records':[{'Id':'003000000000001AAA'}]}",
                "{'done':true,'records':[{'Id':'003000000000001AAA','Penstock_Mutation__c':'other:0'}]}",
                "{'done':true,'records':[{'Id':'003000000000001AAA','Penstock_Mutation__c':'0198f0f0-1111-7222-8333-444455556666:2'}]}",
                "{'done':true,'records':[{'Id':'003000000000001AAA','Penstock_Mutation__c':'0198f0f0-1111-7222-8333-444455556666:00'}]}",
                "{'done':true,'records':[{'Id':'003000000000001AAA','Penstock_Mutation__c':'0198f0f0-1111-7222-8333-444455556666:99999999999'}]}"
            })
    void aSearchThatIsNotWholeIsNone(String body) {
        Mutation mutation = insert("{'last_name':'A'}", "{'last_name':'B'}");
        assertThat(ADAPTER.parseCorrelated(mutation, answer(200, body))).isInstanceOf(Reading.Failed.class);
    }

    @Test
    void allRowsAreListedPageByPage() {
        assertThat(soql(ADAPTER.list(TABLE, null)))
                .isEqualTo("/services/data/v62.0/query?q=SELECT " + FIELDS + " FROM Contact ORDER BY Id");
        Page page = page("{'done':false,'nextRecordsUrl':'/services/data/v62.0/query/01g-2000','records':[{'Id':'" + ONE
                + "'}]}");
        assertThat(page.rows()).hasSize(1);
        assertThat(page.newest()).isNull();
        assertThat(ADAPTER.list(TABLE, page.nextCursor()).path()).isEqualTo("/services/data/v62.0/query/01g-2000");
    }

    @Test
    void changesBringDeletionsToo() {
        assertThat(soql(ADAPTER.changes(TABLE, Instant.parse("2026-01-02T03:04:05.678901Z"), null)))
                .isEqualTo("/services/data/v62.0/queryAll?q=SELECT " + FIELDS
                        + ", IsDeleted FROM Contact WHERE SystemModstamp >= 2026-01-02T03:04:05.678Z ORDER BY"
                        + " SystemModstamp, Id");
        Page page = page("{'done':true,'records':[{'Id':'" + ONE
                + "','SystemModstamp':'2026-01-02T03:04:05.000+0000','IsDeleted':false},{'Id':'" + TWO
                + "','SystemModstamp':'2026-01-02T03:04:06.000+0000','IsDeleted':true}]}");
        assertThat(page.rows()).hasSize(1);
        assertThat(page.rows().getFirst().has("IsDeleted")).isFalse();
        assertThat(page.deletedKeys()).containsExactly(TWO);
        assertThat(page.newest()).isEqualTo(Instant.parse("2026-01-02T03:04:06Z"));
        assertThat(page.nextCursor()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{'done':false,'records':[]}",
                "{'done':false,'records':[],'nextRecordsUrl':'https://evil.test/services/data/'}",
                "{'done':false,'records':[],'nextRecordsUrl':'//evil.test/'}",
                "{'done':true,'records':[{'LastName':'no id'}]}",
                "{'done':true,'records':[7]}"
            })
    void aPageThatCannotBeReadIsNone(String body) {
        assertThat(ADAPTER.parsePage(TABLE, ADAPTER.list(TABLE, null), answer(200, body)))
                .isInstanceOf(Reading.Failed.class);
    }

    @Test
    void readsFailLikeWrites() {
        assertThat(ADAPTER.parsePage(
                        TABLE,
                        ADAPTER.list(TABLE, null),
                        answer(401, "[{'message':'Session expired or invalid','errorCode':'INVALID_SESSION_ID'}]")))
                .isEqualTo(new Reading.Failed<Page>(new Failure.TokenExpired()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|{}|true",
                "{'last_name':'A'}|{'last_name':'A'}|true",
                "{'last_name':' A '}|{'last_name':'A'}|true",
                "{'last_name':'a'}|{'last_name':'A'}|false",
                "{'last_name':''}|{'last_name':null}|true",
                "{'last_name':'A'}|{'last_name':null}|false",
                "{'last_name':null}|{'last_name':'A'}|false",
                "{'email':'Paul@Dune.co'}|{'email':'paul@dune.co'}|true",
                "{'email':'paul@dune.co'}|{'email':'Paul@Dune.co'}|false",
                "{'score':1.50}|{'score':1.5}|true",
                "{'score':1.5}|{'score':1.6}|false",
                "{'met_at':'2026-01-02T04:04:05.9+01:00'}|{'met_at':'2026-01-02T03:04:05+00:00'}|true",
                "{'met_at':'2026-01-02T03:04:06+00:00'}|{'met_at':'2026-01-02T03:04:05+00:00'}|false",
                "{'interests':['a','b']}|{'interests':['a','b']}|true",
                "{'interests':[]}|{'interests':null}|true",
                "{'interests':['a']}|{'interests':['a','b']}|false",
                "{'opted_out':true}|{'opted_out':false}|false",
                "{'last_name':'A','email':'x'}|{'last_name':'A','email':'y'}|false"
            })
    void whatTheApiNormalisesIsNoDifference(String asked, String held, boolean expected) {
        Mutation mutation = Contacts.mutation(Operation.UPDATE, TABLE, asked);
        assertThat(ADAPTER.holds(TABLE, mutation.rows().getFirst(), object(held)))
                .isEqualTo(expected);
    }

    private static Map<String, ObjectNode> readBack(ApiCall call, String body) {
        return got(ADAPTER.parseReadBack(TABLE, call, answer(200, body)));
    }

    private static Map<Integer, ObjectNode> correlated(Mutation mutation, String body) {
        return got(ADAPTER.parseCorrelated(mutation, answer(200, body)));
    }

    private static Page page(String body) {
        return got(ADAPTER.parsePage(TABLE, ADAPTER.list(TABLE, null), answer(200, body)));
    }

    private static <T> T got(Reading<T> reading) {
        return ((Reading.Got<T>) reading).value();
    }

    private static String soql(ApiCall call) {
        return URLDecoder.decode(call.path(), StandardCharsets.UTF_8);
    }
}
