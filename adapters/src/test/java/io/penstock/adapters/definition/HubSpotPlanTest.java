package io.penstock.adapters.definition;

import static io.penstock.adapters.definition.HubSpotContacts.API;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.Plan;
import io.penstock.adapters.RowLimits;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is sent to HubSpot. */
class HubSpotPlanTest {
    private static final String REFERENCE = Api.ID + ":";

    @Test
    void oneNewRowIsARequestOfItsOwnSoThatItsErrorIsItsOwn() {
        ApiCall call = API.call(API.insert("{'email':'ada@example.test','annualrevenue':12.50,'interests':['a','b']}"));

        assertThat(call.method() + " " + call.path()).isEqualTo("POST /crm/v3/objects/contacts");
        assertThat(Api.json(call.body().text()))
                .isEqualTo(
                        Api.json("{'properties':{'email':'ada@example.test','annualrevenue':'12.50','interests':'a;b',"
                                + "'penstock_mutation':'" + REFERENCE + "0'},'associations':[]}"));
        assertThat(call.costs()).containsExactly(new PermitCost("ten_seconds", 1), new PermitCost("daily", 1));
        assertThat(call.idempotencyKey()).isNull();
    }

    @Test
    void severalNewRowsCarryTracesAsNothingElseTellsTheirResultsApart() {
        ApiCall call = API.call(API.insert("{'firstname':'A'}", "{'firstname':'B'}"));

        assertThat(call.path()).isEqualTo("/crm/v3/objects/contacts/batch/create");
        assertThat(Api.json(call.body().text()).at("/inputs/1"))
                .isEqualTo(Api.json("{'properties':{'firstname':'B','penstock_mutation':'" + REFERENCE
                        + "1'},'associations':[],'objectWriteTraceId':'" + REFERENCE + "1'}"));
        assertThat(call.ordinals()).containsExactly(0, 1);
    }

    @Test
    void anUpdateHasNoTracesSoThatOneRefusedRowRefusesAll() {
        ApiCall call = API.call(API.update("{'firstname':'A'}", "{'opted_in':true,'date_of_birth':'1999-12-31'}"));

        assertThat(call.method() + " " + call.path()).isEqualTo("POST /crm/v3/objects/contacts/batch/update");
        assertThat(Api.json(call.body().text()))
                .isEqualTo(Api.json("{'inputs':[{'id':'1','properties':{'firstname':'A'}},"
                        + "{'id':'2','properties':{'opted_in':'true','date_of_birth':'1999-12-31'}}]}"));
    }

    @Test
    void nullAndAnEmptyListClearByAnEmptyText() {
        ApiCall call = API.call(API.update("{'email':null,'interests':[],'closedate':null,'annualrevenue':null}"));

        assertThat(Api.json(call.body().text()).at("/inputs/0/properties"))
                .isEqualTo(Api.json("{'email':'','interests':'','closedate':'','annualrevenue':''}"));
    }

    @Test
    void nullOfANewRowIsLeftToTheApi() {
        ApiCall call = API.call(API.insert("{'email':null,'firstname':'A','num_notes':null}"));

        assertThat(Api.json(call.body().text()).at("/properties"))
                .isEqualTo(Api.json("{'firstname':'A','penstock_mutation':'" + REFERENCE + "0'}"));
    }

    @Test
    void aPointInTimeIsInUtcWithMilliseconds() {
        ApiCall call = API.call(API.update("{'closedate':'2026-01-02T03:04:05.678901+02:00'}"));

        assertThat(Api.json(call.body().text())
                        .at("/inputs/0/properties/closedate")
                        .textValue())
                .isEqualTo("2026-01-02T01:04:05.678Z");
    }

    @Test
    void aDeleteArchivesAllRowsInOneRequest() {
        ApiCall call = API.call(API.delete(3));

        assertThat(call.method() + " " + call.path()).isEqualTo("POST /crm/v3/objects/contacts/batch/archive");
        assertThat(Api.json(call.body().text())).isEqualTo(Api.json("{'inputs':[{'id':'1'},{'id':'2'},{'id':'3'}]}"));
    }

    @Test
    void anUpsertNamesTheUniquePropertyForEachRow() {
        ApiCall call = API.call(API.upsert("email", "{'email':'ada@example.test','firstname':'Ada'}"));

        assertThat(call.path()).isEqualTo("/crm/v3/objects/contacts/batch/upsert");
        assertThat(Api.json(call.body().text()).at("/inputs/0"))
                .isEqualTo(Api.json(
                        "{'idProperty':'email','id':'ada@example.test','properties':{'email':'ada@example.test',"
                                + "'firstname':'Ada','penstock_mutation':'" + REFERENCE + "0'},'objectWriteTraceId':'"
                                + REFERENCE + "0'}"));
    }

    @Test
    void oneRowMoreThanTheLimitIsRefusedAndOneInsertIsTheDefault() {
        String[] rows = IntStream.rangeClosed(0, 100)
                .mapToObj(row -> "{'firstname':'A'}")
                .toArray(String[]::new);
        assertThat(API.refusal(API.update(rows)).errorClass()).isEqualTo(ErrorClass.TOO_MANY);
        assertThat(API.refusal(API.insert(rows)).message())
                .isEqualTo("hubspot.things takes at most 100 rows per INSERT, the statement has 101.");

        Api usual = HubSpotContacts.with("penstock_mutation", null);
        assertThat(usual.table().limits()).isEqualTo(new RowLimits(1, 100, 100));
        assertThat(usual.adapter().capabilities(usual.table(), Operation.INSERT).maxRows())
                .isEqualTo(1);
    }

    @Test
    void whatCannotBeSaidIsRefusedBeforeAnythingIsSent() {
        assertThat(API.refusal(API.update("{'num_notes':1}")).errorClass()).isEqualTo(ErrorClass.READ_ONLY);
        assertThat(API.refusal(API.update("{'annualrevenue':'NaN'}")).errorClass())
                .isEqualTo(ErrorClass.RANGE);
        assertThat(API.refusal(API.update("{'interests':['a;b']}")).message())
                .isEqualTo("Key (interests)=([\"a;b\"]) has an element that is empty or contains \";\".");
        assertThat(API.refusal(API.update("{'closedate':'infinity'}")).column()).isEqualTo("closedate");
        Mutation odd = new Mutation(
                Api.ID,
                Operation.UPDATE,
                API.table(),
                List.of(new io.penstock.adapters.RowChange(
                        0, "1/../2", (com.fasterxml.jackson.databind.node.ObjectNode) Api.json("{'email':'x'}"))));
        assertThat(API.refusal(odd).code()).isEqualTo("MALFORMED_KEY");
    }

    @Test
    void anUpdateOfLocalColumnsAloneSendsNothing() {
        assertThat(API.adapter().plan(API.update("{}", "{}"))).isEqualTo(new Plan.Planned(List.of()));
    }

    @Test
    void theSameMutationGivesTheSamePlan() {
        Mutation mutation = API.insert("{'email':'a'}", "{'email':'b'}");

        assertThat(API.adapter().plan(mutation).toString())
                .isEqualTo(API.adapter().plan(mutation).toString());
        assertThat(API.call(mutation).body().text())
                .isEqualTo(API.call(mutation).body().text());
    }

    @Test
    void readsNameEveryPropertyOfTheTableAndKeysOnlyOnce() {
        ApiCall call =
                API.adapter().readBack(API.table(), List.of("7", "8", "7")).getFirst();

        assertThat(call.method() + " " + call.path()).isEqualTo("POST /crm/v3/objects/contacts/batch/read");
        assertThat(Api.json(call.body().text()).path("inputs")).isEqualTo(Api.json("[{'id':'7'},{'id':'8'}]"));
        assertThat(Api.json(call.body().text()).path("properties").toString())
                .contains("\"email\"", "\"closedate\"")
                .doesNotContain("createdAt", "penstock_mutation", "old");
        assertThat(call.write()).isFalse();
    }

    @Test
    void aHundredKeysGoIntoOneRead() {
        List<String> keys =
                IntStream.rangeClosed(1, 150).mapToObj(String::valueOf).toList();

        assertThat(API.adapter().readBack(API.table(), keys)).hasSize(2);
    }

    @Test
    void changesAreSearchedByThePropertyOfTheObjectAndCountAsSearches() {
        ApiCall call = API.adapter().changes(API.table(), Instant.parse("2026-01-02T03:04:05.678Z"), null);

        assertThat(call.path()).isEqualTo("/crm/v3/objects/contacts/search");
        assertThat(Api.json(call.body().text()).at("/filterGroups/0/filters/0"))
                .isEqualTo(Api.json("{'propertyName':'lastmodifieddate','operator':'GTE','value':'1767323045678'}"));
        assertThat(Api.json(call.body().text()).has("after")).isFalse();
        assertThat(call.costs()).contains(new PermitCost("search", 1));
        assertThat(API.adapter().list(API.table(), "100 1").path())
                .startsWith("/crm/v3/objects/contacts?limit=100&after=100+1&properties=email%2Cfirstname");
    }

    @Test
    void correlatedRowsAreReadByTheUniquePropertyAndNotSearchedFor() {
        ApiCall call = Objects.requireNonNull(API.adapter().findByCorrelation(API.insert("{'email':'a'}")));

        assertThat(call.path()).isEqualTo("/crm/v3/objects/contacts/batch/read");
        assertThat(Api.json(call.body().text()).path("idProperty").textValue()).isEqualTo("penstock_mutation");
        assertThat(Api.json(call.body().text()).at("/inputs/0/id").textValue()).isEqualTo(REFERENCE + "0");
    }
}
