package io.penstock.adapters.salesforce;

import static io.penstock.adapters.salesforce.Contacts.ADAPTER;
import static io.penstock.adapters.salesforce.Contacts.call;
import static io.penstock.adapters.salesforce.Contacts.insert;
import static io.penstock.adapters.salesforce.Contacts.json;
import static io.penstock.adapters.salesforce.Contacts.mutation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Body;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent, byte by byte, and what is refused before. */
class SalesforcePlanTest {
    private static final String FIELDS =
            "Id%2C+FirstName%2C+LastName%2C+Email%2C+Interests__c%2C+Score__c%2C+HasOptedOutOfEmail%2C+MetAt__c%2C+AccountId%2C"
                    + "+Name%2C+CreatedDate%2C+SystemModstamp";

    @Test
    void insertIsOneCompositeRequestThatReadsTheRowsBackByCorrelation() {
        ApiCall call = call(insert(
                "{'first_name':'Paul','last_name':'Atreides','score':1.50,'met_at':'2026-01-02T04:04:05.123456+01:00'}",
                "{'last_name':'Harkonnen','interests':['spice','power'],'email':null}"));

        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.path()).isEqualTo("/services/data/v62.0/composite");
        assertThat(call.write()).isTrue();
        assertThat(call.ordinals()).containsExactly(0, 1);
        assertThat(call.costs()).containsExactly(new PermitCost("daily", 1), new PermitCost("concurrent", 1));
        assertThat(call.body().text()).isEqualTo(json("""
            {'allOrNone':true,'compositeRequest':[
              {'method':'POST','url':'/services/data/v62.0/composite/sobjects','referenceId':'write','body':
                {'allOrNone':true,'records':[
                  {'attributes':{'type':'Contact'},'FirstName':'Paul','LastName':'Atreides','Score__c':1.50,
                   'MetAt__c':'2026-01-02T03:04:05.123+0000','Penstock_Mutation__c':'0198f0f0-1111-7222-8333-444455556666:0'},
                  {'attributes':{'type':'Contact'},'LastName':'Harkonnen','Interests__c':'spice;power','Email':null,
                   'Penstock_Mutation__c':'0198f0f0-1111-7222-8333-444455556666:1'}]}},
              {'method':'GET','url':'/services/data/v62.0/query?q=SELECT+%s%%2C+Penstock_Mutation__c+FROM+Contact+WHERE+Penstock_Mutation__c+LIKE+%%270198f0f0-1111-7222-8333-444455556666%%3A%%25%%27',
               'referenceId':'read'}]}
            """.formatted(FIELDS)).toString());
    }

    @Test
    void insertWithoutCorrelationFieldIsOneCollectionRequest() {
        TableMapping table = Contacts.table(null, new RowLimits(200, 200, 200));
        ApiCall call = call(mutation(Operation.INSERT, table, "{'last_name':'Atreides'}"));

        assertThat(call.method() + " " + call.path()).isEqualTo("POST /services/data/v62.0/composite/sobjects");
        assertThat(call.body().text())
                .isEqualTo(
                        "{\"allOrNone\":true,\"records\":[{\"attributes\":{\"type\":\"Contact\"},\"LastName\":\"Atreides\"}]}");
        assertThat(ADAPTER.capabilities(table, Operation.INSERT).returnsFullRow())
                .isFalse();
        assertThat(ADAPTER.capabilities(Contacts.table(), Operation.INSERT).returnsFullRow())
                .isTrue();
    }

    @Test
    void updateIsOneCompositeRequestThatRetrievesTheRows() {
        ApiCall call = call(mutation(Operation.UPDATE, Contacts.table(), "{'email':'paul@dune.co'}", "{'email':null}"));

        assertThat(call.path()).isEqualTo("/services/data/v62.0/composite");
        assertThat(call.body().text()).isEqualTo(json("""
            {'allOrNone':true,'compositeRequest':[
              {'method':'PATCH','url':'/services/data/v62.0/composite/sobjects','referenceId':'write','body':
                {'allOrNone':true,'records':[
                  {'attributes':{'type':'Contact'},'id':'003000000000001AAA','Email':'paul@dune.co'},
                  {'attributes':{'type':'Contact'},'id':'003000000000002AAA','Email':null}]}},
              {'method':'POST','url':'/services/data/v62.0/composite/sobjects/Contact','referenceId':'read','body':
                {'ids':['003000000000001AAA','003000000000002AAA'],
                 'fields':['Id','FirstName','LastName','Email','Interests__c','Score__c','HasOptedOutOfEmail','MetAt__c','AccountId',
                           'Name','CreatedDate','SystemModstamp']}}]}
            """).toString());
    }

    @Test
    void deleteIsOneRequestWithTheIdsInItsQuery() {
        ApiCall call = call(mutation(Operation.DELETE, Contacts.table(), "{}", "{}"));

        assertThat(call.method() + " " + call.path())
                .isEqualTo(
                        "DELETE"
                                + " /services/data/v62.0/composite/sobjects?ids=003000000000001AAA,003000000000002AAA&allOrNone=true");
        assertThat(call.body()).isEqualTo(Body.EMPTY);
        assertThat(call.toString()).doesNotContain("003000000000001AAA");
    }

    @Test
    void updateOfLocalColumnsAloneSendsNothing() {
        assertThat(ADAPTER.plan(mutation(Operation.UPDATE, Contacts.table(), "{}", "{}")))
                .isEqualTo(new Plan.Planned(List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void theLimitIsPlannedAndOneRowMoreIsRefused(Operation operation) {
        TableMapping lowered = Contacts.table(null, new RowLimits(7, 7, 7));
        assertThat(ADAPTER.plan(rows(operation, Contacts.table(), 200))).isInstanceOf(Plan.Planned.class);
        assertThat(refused(rows(operation, Contacts.table(), 201)).errorClass()).isEqualTo(ErrorClass.TOO_MANY);
        assertThat(ADAPTER.plan(rows(operation, lowered, 7))).isInstanceOf(Plan.Planned.class);
        assertThat(refused(rows(operation, lowered, 8)).message())
                .isEqualTo("salesforce.contacts takes at most 7 rows per " + operation + ", the statement has 8.");
    }

    @Test
    void aTableCannotRaiseTheLimitOfTheApi() {
        TableMapping raised = Contacts.table(null, new RowLimits(5000, 5000, 5000));
        assertThat(ADAPTER.capabilities(raised, Operation.UPDATE).maxRows()).isEqualTo(200);
        assertThat(refused(rows(Operation.UPDATE, raised, 201)).errorClass()).isEqualTo(ErrorClass.TOO_MANY);
    }

    @Test
    void whatTheTableDoesNotAllowIsUnsupported() {
        TableMapping noDelete = Contacts.table(null, new RowLimits(200, 200, 0));
        assertThat(refused(rows(Operation.DELETE, noDelete, 1)).errorClass()).isEqualTo(ErrorClass.UNSUPPORTED);
        assertThat(ADAPTER.capabilities(noDelete, Operation.DELETE).supported()).isFalse();
    }

    @Test
    void readOnlyColumnsAreRefusedByName() {
        Rejection created = refused(insert("{'last_name':'A'}", "{'created_date':'2026-01-01T00:00:00+00:00'}"));
        assertThat(created)
                .isEqualTo(new Rejection(
                        ErrorClass.READ_ONLY,
                        1,
                        "created_date",
                        "READ_ONLY",
                        "Key (created_date) cannot be written at the API."));
        // creatable, but not updatable
        assertThat(refused(mutation(Operation.UPDATE, Contacts.table(), "{'account_id':'001000000000001AAA'}"))
                        .column())
                .isEqualTo("account_id");
        assertThat(refused(mutation(Operation.UPDATE, Contacts.table(), "{'created_date':null}"))
                        .errorClass())
                .isEqualTo(ErrorClass.READ_ONLY);
    }

    @Test
    void insertLeavesToTheApiWhatDefaultLeftNull() {
        ApiCall call = call(insert("{'id':null,'created_date':null,'opted_out':null,'email':null,'last_name':'A'}"));
        assertThat(firstRecord(call).toString())
                .isEqualTo(
                        "{\"attributes\":{\"type\":\"Contact\"},\"Email\":null,\"LastName\":\"A\",\"Penstock_Mutation__c\":\""
                                + Contacts.ID + ":0\"}");
    }

    @Test
    void updateToNullIsSentEvenWhereTheApiWillRefuseIt() {
        ApiCall call = call(mutation(Operation.UPDATE, Contacts.table(), "{'opted_out':null}"));
        assertThat(firstRecord(call).get("HasOptedOutOfEmail").isNull()).isTrue();
    }

    @Test
    void columnThatIsNotMappedIsRefused() {
        assertThat(refused(insert("{'shoe_size':42}")).errorClass()).isEqualTo(ErrorClass.UNKNOWN_COLUMN);
    }

    @Test
    void valueThatTheApiCannotSayIsRefusedWithItsKey() {
        assertThat(refused(insert("{'score':'NaN'}")))
                .isEqualTo(new Rejection(
                        ErrorClass.RANGE, 0, "score", "UNFIT", "Key (score)=(NaN) is not a finite number."));
        assertThat(refused(insert("{'met_at':'infinity'}")).errorClass()).isEqualTo(ErrorClass.RANGE);
        assertThat(refused(insert("{'interests':['a;b']}")).errorClass()).isEqualTo(ErrorClass.FORMAT);
    }

    /** A composite request would take such a text for a reference to another subrequest's result. */
    @ParameterizedTest
    @ValueSource(strings = {"@{write[0].id}", "mail me @{home}", "@{"})
    void textThatLooksLikeAReferenceIsSentOutsideOfACompositeRequest(String text) {
        assertThat(call(insert("{'last_name':'" + text + "'}")).path())
                .isEqualTo("/services/data/v62.0/composite/sobjects");
        ApiCall update = call(mutation(Operation.UPDATE, Contacts.table(), "{'last_name':'" + text + "'}"));
        assertThat(update.method() + " " + update.path()).isEqualTo("PATCH /services/data/v62.0/composite/sobjects");
    }

    /** The comma would name a second record to delete. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "003000000000001AAA,003000000000002AAA",
                "003000000000001AA",
                "../../x",
                "003000000000001&x=",
                "Ⅷ03000000000001AAA"
            })
    void keyThatIsNoRecordIdIsRefused(String key) {
        for (Operation operation : List.of(Operation.UPDATE, Operation.DELETE)) {
            Mutation mutation = new Mutation(
                    Contacts.ID,
                    operation,
                    Contacts.table(),
                    List.of(new RowChange(0, key, Contacts.object("{'email':'a@b.c'}"))));
            assertThat(refused(mutation).code()).isEqualTo("MALFORMED_ID");
        }
    }

    @Test
    void sameMutationGivesTheSamePlan() {
        assertThat(ADAPTER.plan(insert("{'last_name':'A'}"))).isEqualTo(ADAPTER.plan(insert("{'last_name':'A'}")));
    }

    @Test
    void everythingIsOneAtomicRequestWithoutKeys() {
        for (Operation operation : Operation.values()) {
            Capabilities can = ADAPTER.capabilities(Contacts.table(), operation);
            assertThat(can.batch()).isEqualTo(Capabilities.Batch.SINGLE_REQUEST);
            assertThat(can.atomic()).isTrue();
            assertThat(can.idempotency()).isNotEqualTo(Capabilities.Idempotency.KEY);
        }
    }

    @Test
    void pathThatLeavesTheHostIsNoPath() {
        assertThatThrownBy(() -> SalesforceReads.read("GET", "//evil.test/x", Body.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SalesforceReads.read("GET", "https://evil.test/x", Body.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Mutation rows(Operation operation, TableMapping table, int count) {
        String[] rows = new String[count];
        Arrays.fill(rows, operation == Operation.DELETE ? "{}" : "{'last_name':'A'}");
        return mutation(operation, table, rows);
    }

    private static Rejection refused(Mutation mutation) {
        return ((Plan.Refused) ADAPTER.plan(mutation)).rejection();
    }

    private static JsonNode firstRecord(ApiCall call) {
        return ((Body.Json) call.body()).json().at("/compositeRequest/0/body/records/0");
    }
}
