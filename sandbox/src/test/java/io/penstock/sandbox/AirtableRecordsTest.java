package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.airtable.AirtableConfig;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of the Airtable sandbox: what values become, what is refused, and what a refused request leaves behind. */
class AirtableRecordsTest {
    private static final String CONTACTS = "/v0/" + AirtableConfig.BASE + "/Contacts";
    private static final String COMPANIES = "/v0/" + AirtableConfig.BASE + "/Companies";

    private final TestClock clock = new TestClock();
    private final AirtableSandbox sandbox = AirtableSandbox.start(AirtableConfig.defaults()
            .withClock(clock)
            .withLimits(new AirtableConfig.Limits(1000, 1000, Duration.ofSeconds(30)))
            .withData(0, 0));
    private final SandboxClient client = new SandboxClient(sandbox, "patSandbox.token");

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    private Answer create(String fields) {
        return client.post(CONTACTS, "{\"fields\":{" + fields + "}}");
    }

    private Answer list(String formula) {
        return client.get(CONTACTS + "?filterByFormula=" + SandboxClient.encode(formula));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        Last Name | "Ž 🐎"                      | "Ž 🐎"
        Email     | "anything goes"             | "anything goes"
        Score     | 1.50                        | 1.5
        VIP       | true                        | true
        Birthday  | "2026-03-01"                | "2026-03-01"
        Birthday  | "2026-03-01T23:30:00+02:00" | "2026-03-01"
        Last Seen | "2026-03-01T14:00:00+02:00" | "2026-03-01T12:00:00.000Z"
        Stage     | "Lead"                      | "Lead"
        Tags      | ["press","billing","press"] | ["press","billing"]
        """)
    void aValueIsKeptAsItsFieldHasIt(String field, String sent, String kept) {
        Answer answer = create("\"" + field + "\":" + sent);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("fields").path(field)).hasToString(kept);
    }

    @ParameterizedTest
    @CsvSource({"Last Name, '\"\"'", "VIP, false", "Score, null", "Tags, []", "Company, []", "Last Seen, null"})
    void anEmptyCellIsLeftOut(String field, String sent) {
        Answer answer = create("\"Notes\":\"n\",\"" + field + "\":" + sent);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("fields").has(field)).isFalse();
    }

    @Test
    void whatAFieldComputes() {
        Answer made = create("\"First Name\":\"Ada\",\"Last Name\":\"Byron\"");
        assertThat(made.at("createdTime")).isEqualTo("2026-03-01T12:00:00.000Z");
        assertThat(made.at("fields/Full Name")).isEqualTo("Ada Byron");
        clock.advance(Duration.ofMillis(90_700));
        Answer changed = client.patch(CONTACTS + "/" + made.at("id"), "{\"fields\":{\"Last Name\":\"Lovelace\"}}");
        assertThat(changed.at("fields/Full Name")).isEqualTo("Ada Lovelace");
        assertThat(changed.at("fields/Created")).isEqualTo("2026-03-01T12:00:00.000Z");
        assertThat(changed.at("fields/Last Modified")).isEqualTo("2026-03-01T12:01:30.000Z");
        assertThat(create("\"Created\":\"2026-03-01\"").at("error/message"))
                .isEqualTo("Field \"Created\" cannot accept a value because the field is computed");
    }

    @Test
    void aRequestIsAppliedAsAWholeOrNotAtAll() {
        Answer refused = client.post(
                CONTACTS,
                "{\"typecast\":true,\"records\":[{\"fields\":{\"Stage\":\"Made up\",\"Company\":\"Made up\"}},"
                        + "{\"fields\":{\"Nonsense\":1}}]}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.at("error/type")).isEqualTo("UNKNOWN_FIELD_NAME");
        assertThat(sandbox.objects("Contacts")).isEmpty();
        assertThat(sandbox.objects("Companies")).isEmpty();
        assertThat(create("\"Stage\":\"Made up\"").at("error/message"))
                .isEqualTo("Insufficient permissions to create new select option \"\"Made up\"\"");
    }

    @Test
    void aLinkShowsOnBothSides() {
        String one = client.post(COMPANIES, "{\"fields\":{\"Name\":\"One\"}}").at("id");
        String two = client.post(COMPANIES, "{\"fields\":{\"Name\":\"Two\"}}").at("id");
        String contact = create("\"Company\":[\"" + one + "\"]").at("id");
        assertThat(client.get(COMPANIES + "/" + one).at("fields/Contacts/0")).isEqualTo(contact);
        client.patch(CONTACTS + "/" + contact, "{\"fields\":{\"Company\":[\"" + two + "\"]}}");
        assertThat(client.get(COMPANIES + "/" + one).body().path("fields").has("Contacts"))
                .isFalse();
        client.patch(COMPANIES + "/" + one, "{\"fields\":{\"Contacts\":[\"" + contact + "\"]}}");
        JsonNode links = client.get(CONTACTS + "/" + contact).body().at("/fields/Company");
        assertThat(links).hasToString("[\"" + two + "\",\"" + one + "\"]");
        client.delete(COMPANIES + "/" + one);
        client.delete(COMPANIES + "/" + two);
        assertThat(client.get(CONTACTS + "/" + contact).body().path("fields").has("Company"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {Last Name} = 'Byron'                                        | 1
        {Last Name} != "Byron"                                       | 1
        {Score} >= 5                                                 | 1
        OR({Score} < 3, {Score} > 4)                                 | 2
        AND({VIP}, {Last Name} = 'Byron')                            | 1
        NOT({VIP})                                                   | 1
        VIP                                                          | 1
        {Notes} = BLANK()                                            | 1
        {Notes} = 'it''s'                                            | 0
        {Notes} = 'it\\'s'                                           | 1
        LOWER({Last Name}) = 'byron'                                 | 1
        {First Name} & ' ' & {Last Name} = 'Ada Byron'               | 1
        LAST_MODIFIED_TIME() > '2026-03-01T12:00:00.000Z'            | 1
        LAST_MODIFIED_TIME() >= DATETIME_PARSE('2026-03-01T12:00:00Z') | 2
        IS_AFTER(CREATED_TIME(), '2026-03-01')                       | 2
        {Birthday} < '1900-01-01'                                    | 1
        {fldContactScore0001} = 7                                    | 0
        """)
    void aFormulaFinds(String formula, int found) {
        create("\"First Name\":\"Ada\",\"Last Name\":\"Byron\",\"Score\":7,\"VIP\":true,\"Birthday\":\"1815-12-10\"");
        clock.advance(Duration.ofSeconds(1));
        create("\"Last Name\":\"Other\",\"Score\":2,\"Notes\":\"it's\"");
        Answer answer = list(formula);
        if (formula.contains("fldContactScore0001") || formula.contains("''s")) {
            assertThat(answer.at("error/type")).isEqualTo("INVALID_FILTER_BY_FORMULA");
        } else {
            assertThat(answer.body().path("records")).hasSize(found);
        }
    }

    @Test
    void aFormulaThatIsNone() {
        assertThat(list("{Date Added} = 1").at("error/message"))
                .isEqualTo("The formula for filtering records is invalid: Unknown field names: date added");
        assertThat(list("SUM(1,2)").at("error/message")).endsWith("Invalid formula. Please check your formula text.");
        assertThat(list("(".repeat(200)).at("error/type")).isEqualTo("INVALID_FILTER_BY_FORMULA");
        assertThat(list("'open").status()).isEqualTo(422);
    }

    @Test
    void aListGoesOnWhereItWas() {
        for (int i = 0; i < 5; i++) {
            create("\"Score\":" + i);
        }
        Answer first =
                client.get(CONTACTS + "?pageSize=2&sort%5B0%5D%5Bfield%5D=Score&sort%5B0%5D%5Bdirection%5D=desc");
        assertThat(first.at("records/0/fields/Score")).isEqualTo("4");
        String offset = first.at("offset");
        assertThat(offset).matches("itr\\w{14}/rec\\w{14}");
        create("\"Score\":99");
        Answer second = client.get(CONTACTS + "?pageSize=2&offset=" + SandboxClient.encode(offset));
        assertThat(second.at("records/0/fields/Score")).isEqualTo("2");
        Answer last = client.post(CONTACTS + "/listRecords", "{\"offset\":\"" + second.at("offset") + "\"}");
        assertThat(last.body().path("records")).hasSize(1);
        assertThat(last.body().has("offset")).isFalse();
        clock.advance(Duration.ofMinutes(10));
        assertThat(client.get(CONTACTS + "?offset=" + SandboxClient.encode(offset))
                        .at("error/type"))
                .isEqualTo("LIST_RECORDS_ITERATOR_NOT_AVAILABLE");
        assertThat(client.get(CONTACTS + "?offset=nonsense").at("error/type")).isEqualTo("INVALID_OFFSET_VALUE");
    }

    @Test
    void requestsThatMakeNoSense() {
        assertThat(client.post(CONTACTS, "{}").at("error/message"))
                .isEqualTo("Could not find field \"fields\" in the request body");
        assertThat(client.post(CONTACTS, "{\"records\":[]}").at("error/type")).isEqualTo("INVALID_RECORDS");
        assertThat(client.post(CONTACTS, "{\"records\":").at("error/type")).isEqualTo("INVALID_REQUEST_BODY");
        assertThat(client.post(CONTACTS, "{\"fields\":{},\"typecast\":\"yes\"}").at("error/type"))
                .isEqualTo("INVALID_REQUEST_UNKNOWN");
        assertThat(client.patch(CONTACTS, "{\"records\":[{\"fields\":{}}]}").at("error/type"))
                .isEqualTo("INVALID_RECORDS");
        assertThat(client.get(CONTACTS + "?pageSize=101").at("error/type")).isEqualTo("INVALID_REQUEST_UNKNOWN");
        assertThat(client.delete(CONTACTS).at("error/message"))
                .isEqualTo("You must provide an array of up to 10 record IDs.");
        assertThat(client.get(CONTACTS + "/nonsense").body()).hasToString("{\"error\":\"NOT_FOUND\"}");
        String id = create("\"Notes\":\"n\"").at("id");
        String twice = "{\"id\":\"" + id + "\",\"fields\":{}}";
        assertThat(client.patch(CONTACTS, "{\"records\":[" + twice + "," + twice + "]}")
                        .at("error/message"))
                .isEqualTo("You cannot update the same record multiple times in a single request.");
    }

    @Test
    void anUpsertThatMatchesTwoIsRefused() {
        create("\"Last Name\":\"Same\"");
        create("\"Last Name\":\"Same\"");
        Answer answer = client.patch(
                CONTACTS,
                "{\"performUpsert\":{\"fieldsToMergeOn\":[\"Last Name\"]},\"records\":[{\"fields\":{\"Last Name\":\"Same\"}}]}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(sandbox.objects("Contacts")).hasSize(2);
    }
}
