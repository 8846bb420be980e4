package io.penstock.adapters.salesforce;

import static io.penstock.adapters.salesforce.Contacts.ADAPTER;
import static io.penstock.adapters.salesforce.Contacts.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Ddl;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API says about an object as a table, and that table as SQL. */
class SalesforceDescriptionTest {
    private static final String CONTACT = """
        {'name':'Contact','label':'Contact','createable':true,'updateable':true,'deletable':true,'fields':[
         {'name':'Id','label':'Contact ID','type':'id','length':18,'createable':false,'updateable':false,'nillable':false},
         {'name':'LastName','label':'Last Name','type':'string','length':80,'createable':true,'updateable':true,'nillable':false},
         {'name':'Name','label':'Full Name','type':'string','length':121,'createable':false,'updateable':false,'nillable':false},
         {'name':'MailingAddress','label':'Mailing Address','type':'address','length':0,'createable':false,'updateable':false,'nillable':true},
         {'name':'LeadSource','label':'Lead Source','type':'picklist','length':255,'createable':true,'updateable':true,'nillable':true},
         {'name':'AccountId','label':'Account ID','type':'reference','length':18,'createable':true,'updateable':false,'nillable':true},
         {'name':'DoNotCall','label':'Do Not Call','type':'boolean','length':0,'createable':true,'updateable':true,'nillable':false},
         {'name':'Birthdate','label':'Birthdate','type':'date','length':0,'createable':true,'updateable':true,'nillable':true},
         {'name':'Balance__c','label':'The customer\\u0027s balance \\\\ EUR','type':'currency','precision':18,'scale':2,'createable':true,'updateable':true,'nillable':true},
         {'name':'Visits__c','label':'Visits','type':'int','digits':8,'createable':true,'updateable':true,'nillable':true},
         {'name':'Interests__c','label':'Interests','type':'multipicklist','length':4099,'createable':true,'updateable':true,'nillable':true},
         {'name':'Note__c','label':'Note','type':'textarea','length':32768,'createable':true,'updateable':true,'nillable':true},
         {'name':'Penstock_Mutation__c','label':'Penstock Mutation','type':'string','length':64,'createable':true,'updateable':true,'nillable':true},
         {'name':'CreatedDate','label':'Created Date','type':'datetime','length':0,'createable':false,'updateable':false,'nillable':false},
         {'name':'SystemModstamp','label':'System Modstamp','type':'datetime','length':0,'createable':false,'updateable':false,'nillable':false}]}
        """;

    @Test
    void theObjectIsAskedFor() {
        assertThat(ADAPTER.describe(request(null, List.of()))).singleElement().satisfies(call -> {
            assertThat(call.method() + " " + call.path())
                    .isEqualTo("GET /services/data/v62.0/sobjects/Contact/describe");
            assertThat(call.write()).isFalse();
        });
    }

    @Test
    void everyFieldThatIsAValueIsAColumn() {
        TableMapping table = got(parse(request("Penstock_Mutation__c", List.of()), CONTACT));

        assertThat(table.keyColumn()).isEqualTo("id");
        assertThat(table.modifiedColumn()).isEqualTo("system_modstamp");
        assertThat(table.correlationField()).isEqualTo("Penstock_Mutation__c");
        assertThat(table.limits()).isEqualTo(new RowLimits(200, 200, 200));
        assertThat(table.label()).isEqualTo("Contact");
        assertThat(table.columns())
                .startsWith(
                        new ColumnMapping("id", "Id", ColumnType.TEXT, false, false, false, "Contact ID"),
                        new ColumnMapping(
                                "last_name", "LastName", new ColumnType.Text(80), true, true, false, "Last Name"))
                .extracting(column -> column.column() + " " + column.type().sql())
                .containsExactly(
                        "id text",
                        "last_name varchar(80)",
                        "name text",
                        "lead_source text",
                        "account_id text",
                        "do_not_call boolean",
                        "birthdate date",
                        "balance numeric",
                        "visits bigint",
                        "interests text[]",
                        "note varchar(32768)",
                        "created_date timestamptz",
                        "system_modstamp timestamptz");
    }

    @Test
    void theTableIsCreatedWithTheLabelsAsComments() {
        List<String> statements =
                Ddl.createTable(got(parse(request(null, List.of("LastName", "Balance__c")), CONTACT)));
        assertThat(statements)
                .containsExactly(
                        """
                        CREATE TABLE "salesforce"."contacts" (
                            "id" text PRIMARY KEY,
                            "last_name" varchar(80),
                            "balance" numeric,
                            "system_modstamp" timestamptz
                        )\
                        """,
                        "COMMENT ON TABLE \"salesforce\".\"contacts\" IS 'Contact'",
                        "COMMENT ON COLUMN \"salesforce\".\"contacts\".\"id\" IS 'Contact ID'",
                        "COMMENT ON COLUMN \"salesforce\".\"contacts\".\"last_name\" IS 'Last Name'",
                        "COMMENT ON COLUMN \"salesforce\".\"contacts\".\"balance\" IS E'The customer''s balance \\\\"
                                + " EUR'",
                        "COMMENT ON COLUMN \"salesforce\".\"contacts\".\"system_modstamp\" IS 'System Modstamp'");
    }

    @Test
    void namesOfTheApiCannotLeaveTheirQuotes() {
        assertThat(Ddl.identifier("a\"; DROP TABLE x; --")).isEqualTo("\"a\"\"; DROP TABLE x; --\"");
        assertThat(Ddl.literal("'; DROP TABLE x; --\0")).isEqualTo("'''; DROP TABLE x; --'");
        assertThat(Ddl.literal("\\'; DROP")).isEqualTo("E'\\\\''; DROP'");
    }

    @Test
    void correlationFieldIsNoColumnEvenWhenNotConfigured() {
        TableMapping table = got(parse(request(null, List.of()), CONTACT));
        assertThat(table.correlationField()).isNull();
        assertThat(table.columnOfField("Penstock_Mutation__c")).isNull();
    }

    @Test
    void anyWritableFieldCanBeTheCorrelationField() {
        TableMapping table = got(parse(request("note__c", List.of()), CONTACT));
        assertThat(table.correlationField()).isEqualTo("Note__c");
        assertThat(table.columnOfField("Note__c")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Missing__c", "Name"})
    void correlationFieldThatCannotBeWrittenIsAMistake(String field) {
        assertThat(parse(request(field, List.of()), CONTACT)).isInstanceOf(Reading.Failed.class);
    }

    @Test
    void fieldThatDoesNotExistIsAMistake() {
        Reading.Failed<TableMapping> failed =
                (Reading.Failed<TableMapping>) parse(request(null, List.of("LastName", "Typo__c")), CONTACT);
        assertThat(((Failure.RequestRejected) failed.failure()).first().message())
                .isEqualTo("Contact has no field Typo__c.");
    }

    @Test
    void configurationLowersLimitsAndTheApiForbids() {
        TableRequest lowered = new TableRequest(
                "salesforce", "contacts", "Contact", List.of(), null, Map.of(), new RowLimits(10, 500, 1), Map.of());
        assertThat(got(parse(lowered, CONTACT.replace("'deletable':true", "'deletable':false")))
                        .limits())
                .isEqualTo(new RowLimits(10, 200, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{}", "{'fields':7}", "{'fields':[{}]}", "{'fields':[{'name':'X','type':'string'}]}"})
    void descriptionThatCannotBeReadIsNone(String body) {
        assertThat(parse(request(null, List.of()), body)).isInstanceOf(Reading.Failed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "Id,id",
        "FirstName,first_name",
        "Note__c,note",
        "Penstock_Mutation__c,penstock_mutation",
        "npsp__Primary_Contact__c,npsp_primary_contact",
        "URLName,url_name",
        "Amount2,amount2",
        "HasOptedOutOfEmail,has_opted_out_of_email",
        "order,order"
    })
    void columnsAreNamedInTheWayOfPostgres(String field, String column) {
        assertThat(SalesforceDescription.columnName(field, new HashSet<>())).isEqualTo(column);
    }

    @Test
    void fieldsOfTheSameNameAreToldApart() {
        Set<String> taken = new HashSet<>();
        assertThat(List.of(
                        SalesforceDescription.columnName("Note", taken),
                        SalesforceDescription.columnName("Note__c", taken),
                        SalesforceDescription.columnName("note__c", taken)))
                .containsExactly("note", "note_c", "note_c_2");
    }

    @Test
    void columnsAreNamedAsConfigured() {
        // The first takes a name that another field would have had, whatever the order of the fields.
        TableMapping table =
                got(parse(configured(Map.of("name", "lastname", "Full Name", "Name", "key", "Id")), CONTACT));
        assertThat(table.columns().stream().map(column -> column.column() + "=" + column.field()))
                .contains("name=LastName", "Full Name=Name", "key=Id", "note=Note__c")
                .doesNotContain("last_name=LastName", "id=Id");
        assertThat(table.keyColumn()).isEqualTo("key");
        assertThat(got(parse(configured(Map.of("name", "LastName")), CONTACT)).columns().stream()
                        .map(column -> column.column() + "=" + column.field()))
                .contains("name=LastName", "name_2=Name");
    }

    @ParameterizedTest
    @CsvSource({
        "Typo__c,Contact has no field Typo__c.",
        "MailingAddress,Contact.MailingAddress cannot be a column.",
        "Penstock_Mutation__c,Contact.Penstock_Mutation__c cannot be a column."
    })
    void configuredColumnThatCannotBeIsAMistake(String field, String message) {
        Reading.Failed<TableMapping> failed =
                (Reading.Failed<TableMapping>) parse(configured(Map.of("note", field)), CONTACT);
        assertThat(((Failure.RequestRejected) failed.failure()).first().message())
                .isEqualTo(message);
    }

    private static TableRequest configured(Map<String, String> columns) {
        return new TableRequest("salesforce", "contacts", "Contact", List.of(), null, columns, null, Map.of());
    }

    private static TableRequest request(@Nullable String correlationField, List<String> fields) {
        return new TableRequest(
                "salesforce", "contacts", "Contact", fields, correlationField, Map.of(), null, Map.of());
    }

    private static Reading<TableMapping> parse(TableRequest request, String body) {
        return ADAPTER.parseDescription(request, List.of(answer(200, body)));
    }

    private static TableMapping got(Reading<TableMapping> reading) {
        return ((Reading.Got<TableMapping>) reading).value();
    }
}
