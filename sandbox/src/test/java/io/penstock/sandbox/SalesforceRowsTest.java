package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single records, and the rules that each record has to pass. */
class SalesforceRowsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-05-01T12:30:45.678Z"), ZoneOffset.UTC);

    private final SalesforceSandbox sandbox =
            SalesforceSandbox.start(SalesforceConfig.defaults().withData(2, 2).withClock(CLOCK));
    private final SalesforceClient client = new SalesforceClient(sandbox);

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    @Test
    void theCanonicalRowIsNotWhatWasSent() {
        Answer created = client.post(
                "/sobjects/Contact",
                "{\"FirstName\":\" Paul \",\"lastname\":\"Atreides\",\"Title\":\"\",\"Lifetime_Value__c\":10.005,"
                        + "\"Last_Seen__c\":\"2026-04-30T23:00:00.5-02:00\",\"Birthdate\":\"1990-02-28\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.at("/success")).isEqualTo("true");
        String id = created.at("/id");
        assertThat(created.header("Location")).endsWith("/sobjects/Contact/" + id);

        Answer row = client.get("/sobjects/Contact/" + id);
        assertThat(row.at("/attributes/url")).endsWith("/sobjects/Contact/" + id);
        assertThat(row.at("/Name")).isEqualTo("Paul Atreides");
        assertThat(row.body().path("Title").isNull()).isTrue();
        assertThat(row.body().path("Lifetime_Value__c").doubleValue()).isEqualTo(10.01);
        assertThat(row.at("/Last_Seen__c")).isEqualTo("2026-05-01T01:00:00.000+0000");
        assertThat(row.at("/Birthdate")).isEqualTo("1990-02-28");
        assertThat(row.at("/CreatedDate")).isEqualTo("2026-05-01T12:30:45.000+0000");
        assertThat(row.body().path("HasOptedOutOfEmail").isBoolean()).isTrue();
        assertThat(row.at("/OwnerId")).startsWith("005");
        assertThat(client.get("/sobjects/Contact/" + id + "?fields=Email,Name").body())
                .hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"FirstName":"P"}                             | REQUIRED_FIELD_MISSING                  | Required fields are missing: [LastName]                   | LastName
        {"LastName":"A","Email":"pauldune.co"}        | INVALID_EMAIL_ADDRESS                   | Email: invalid email address: pauldune.co                 | Email
        {"LastName":"A","LeadSource":"Moon"}          | INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST | Lead Source: bad value for restricted picklist field: Moon | LeadSource
        {"LastName":"A","AccountId":"001x"}           | MALFORMED_ID                            | Account ID: id value of incorrect type: 001x              | AccountId
        {"LastName":"Forbidden"}                      | FIELD_CUSTOM_VALIDATION_EXCEPTION       | This last name is not allowed.                            | LastName
        {"LastName":"A","HasOptedOutOfEmail":null}    | INVALID_TYPE_ON_FIELD_IN_RECORD         | HasOptedOutOfEmail: value not of required type: null      | HasOptedOutOfEmail
        {"LastName":"A","Score__c":1e17}              | NUMBER_OUTSIDE_VALID_RANGE              | Score: value outside of valid range on numeric field: 1.0E17 | Score__c
        {"LastName":"A","Name":"A B"}                 | INVALID_FIELD_FOR_INSERT_UPDATE         | Unable to create/update fields: Name. Please check the security settings of this field and verify that it is read/write for your profile or permission set. | Name
        """)
    void refusesARecordWithTheFieldThatIsWrong(String body, String code, String message, String field) {
        Answer answer = client.post("/sobjects/Contact", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/0/errorCode")).isEqualTo(code);
        assertThat(answer.at("/0/message")).isEqualTo(message);
        assertThat(answer.at("/0/fields/0")).isEqualTo(field);
        assertThat(sandbox.objects("Contact")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"LastName":"A","Nonsense":1}                 | INVALID_FIELD     | No such column 'Nonsense' on sobject of type Contact
        {"LastName":7}                                | JSON_PARSER_ERROR | Cannot deserialize instance of string from VALUE_NUMBER_INT value 7 or request may be missing a required field at [line:1, column:1]
        {"LastName":"A","HasOptedOutOfEmail":"maybe"} | JSON_PARSER_ERROR | Cannot deserialize instance of boolean from VALUE_STRING value maybe or request may be missing a required field at [line:1, column:1]
        {"LastName":"A","Birthdate":"2026-02-30"}     | JSON_PARSER_ERROR | Cannot deserialize instance of date from VALUE_STRING value 2026-02-30 or request may be missing a required field at [line:1, column:1]
        {"LastName":"A","Last_Seen__c":"2026-02-01 06:01:40"} | JSON_PARSER_ERROR | Cannot deserialize instance of datetime from VALUE_STRING value 2026-02-01 06:01:40 or request may be missing a required field at [line:1, column:1]
        {"Id":"003","LastName":"A"}                   | INVALID_FIELD     | The Id field should not be specified in the sobject data.
        """)
    void refusesARequestThatItCannotRead(String body, String code, String message) {
        Answer answer = client.post("/sobjects/Contact", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/0/errorCode")).isEqualTo(code);
        assertThat(answer.at("/0/message")).isEqualTo(message);
        assertThat(answer.body().get(0).has("fields")).isFalse();
    }

    @Test
    void textThatIsTooLongIsNotCut() {
        String eighty = "x".repeat(80);
        assertThat(client.post("/sobjects/Contact", "{\"LastName\":\"" + eighty + "\"}")
                        .status())
                .isEqualTo(201);
        Answer answer = client.post("/sobjects/Contact", "{\"LastName\":\"" + eighty + "y\"}");
        assertThat(answer.at("/0/errorCode")).isEqualTo("STRING_TOO_LONG");
        assertThat(answer.at("/0/message"))
                .isEqualTo("Last Name: data value too large: " + eighty + "y (max length=80)");
    }

    @Test
    void aReferenceMustLeadToALivingRecord() {
        String account = sandbox.objects("Account").getFirst().path("Id").asText();
        String body = "{\"LastName\":\"A\",\"AccountId\":\"" + account.substring(0, 15) + "\"}";
        Answer created = client.post("/sobjects/Contact", body);
        assertThat(client.get("/sobjects/Contact/" + created.at("/id")).at("/AccountId"))
                .isEqualTo(account);
        assertThat(client.delete("/sobjects/Account/" + account).status()).isEqualTo(204);
        assertThat(client.post("/sobjects/Contact", body).at("/0/errorCode")).isEqualTo("ENTITY_IS_DELETED");
        assertThat(client.post("/sobjects/Contact", "{\"LastName\":\"A\",\"AccountId\":\"001000000000000\"}")
                        .at("/0/errorCode"))
                .isEqualTo("INVALID_CROSS_REFERENCE_KEY");
    }

    @Test
    void aUniqueFieldNamesTheRecordThatHasTheValue() {
        String first = client.post("/sobjects/Contact", "{\"LastName\":\"A\",\"Penstock_Mutation__c\":\"m\"}")
                .at("/id");
        Answer answer = client.post("/sobjects/Contact", "{\"LastName\":\"B\",\"Penstock_Mutation__c\":\"M\"}");
        assertThat(answer.at("/0/errorCode")).isEqualTo("DUPLICATE_VALUE");
        assertThat(answer.at("/0/message"))
                .isEqualTo("duplicate value found: Penstock_Mutation__c duplicates value on record with id: "
                        + first.substring(0, 15));
        client.delete("/sobjects/Contact/" + first);
        assertThat(client.post("/sobjects/Contact", "{\"LastName\":\"B\",\"Penstock_Mutation__c\":\"M\"}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void updatesDeletesAndMissesRecords() {
        String id = sandbox.objects("Contact").getFirst().path("Id").asText();
        String path = "/sobjects/Contact/" + id;
        assertThat(client.patch(path, "{\"Title\":\"Duke\"}").status()).isEqualTo(204);
        assertThat(client.patch(path, "{\"LastName\":null}").at("/0/errorCode")).isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(client.get(path).at("/Title")).isEqualTo("Duke");
        assertThat(client.delete(path).status()).isEqualTo(204);
        assertThat(client.delete(path).status()).isEqualTo(404);
        assertThat(client.patch(path, "{\"Title\":\"X\"}").at("/0/errorCode")).isEqualTo("ENTITY_IS_DELETED");
        assertThat(client.get("/sobjects/Contact/003000000000000AAA").at("/0/errorCode"))
                .isEqualTo("NOT_FOUND");
        assertThat(client.get("/sobjects/Nonsense/003000000000000AAA").status()).isEqualTo(404);
    }

    @Test
    void upsertsByExternalIdAndOffersAChoiceWhereTwoRecordsHaveIt() {
        String path = "/sobjects/Contact/Legacy_Id__c/L%2F1";
        Answer created = client.patch(path, "{\"LastName\":\"A\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.at("/created")).isEqualTo("true");
        Answer updated = client.patch(path, "{\"LastName\":\"B\"}");
        assertThat(updated.status()).isEqualTo(200);
        assertThat(updated.at("/id")).isEqualTo(created.at("/id"));
        assertThat(client.get(path).at("/LastName")).isEqualTo("B");
        client.post("/sobjects/Contact", "{\"LastName\":\"C\",\"Legacy_Id__c\":\"l/1\"}");
        assertThat(client.get(path).status()).isEqualTo(300);
        assertThat(client.get("/sobjects/Contact/Email/x").at("/0/message"))
                .isEqualTo("Provided external ID field does not exist or is not accessible: Email");
    }

    @Test
    void requestsThatAreWrongAsAWhole() {
        assertThat(client.send("POST", SalesforceClient.VERSION + "/sobjects/Contact", "{\"LastName\":")
                        .at("/0/errorCode"))
                .isEqualTo("JSON_PARSER_ERROR");
        assertThat(client.send("GET", "/services/data/v12.0/limits", "").status())
                .isEqualTo(404);
        assertThat(client.get("/query?q=" + "x".repeat(17_000)).status()).isEqualTo(414);
        assertThat(client.send("PUT", SalesforceClient.VERSION + "/sobjects/Contact", "{}")
                        .status())
                .isEqualTo(405);
        assertThat(client.send("GET", "/services/data", "").body()).hasSizeGreaterThan(30);
    }

    @Test
    void describeTellsWhatAnAdapterHasToKnow() {
        Answer contact = client.get("/sobjects/Contact/describe");
        var fields = contact.body().path("fields");
        assertThat(fields).anySatisfy(field -> {
            assertThat(field.path("name").asText()).isEqualTo("LastName");
            assertThat(field.path("nillable").asBoolean()).isFalse();
            assertThat(field.path("createable").asBoolean()).isTrue();
        });
        assertThat(fields).anySatisfy(field -> {
            assertThat(field.path("name").asText()).isEqualTo("CreatedDate");
            assertThat(field.path("updateable").asBoolean()).isFalse();
            assertThat(field.path("type").asText()).isEqualTo("datetime");
        });
        assertThat(client.get("/sobjects").body().path("sobjects")).hasSize(3);
    }
}
