package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.hubspot.HubSpotConfig;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of the HubSpot sandbox: what values become, what is refused, and what a batch leaves behind. */
class HubSpotRecordsTest {
    private static final String CONTACTS = "/crm/v3/objects/contacts";

    private final TestClock clock = new TestClock();
    private final HubSpotSandbox sandbox = HubSpotSandbox.start(HubSpotConfig.defaults()
            .withClock(clock)
            .withIndexLag(Duration.ofSeconds(5))
            .withData(0, 0, 0));
    private final SandboxClient client = new SandboxClient(sandbox, "pat-na1-sandbox");

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    private Answer create(String properties) {
        return client.post(CONTACTS, "{\"properties\":{" + properties + "}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        email          | ' Ada@Example.COM '       | ada@example.com
        birthday       | 1772323200000             | 2026-03-01
        birthday       | 2026-03-01                | 2026-03-01
        last_seen      | 1772366400123             | 2026-03-01T12:00:00.123Z
        last_seen      | 2026-03-01T14:00:00+02:00 | 2026-03-01T12:00:00Z
        lifetime_value | 1e3                       | 1e3
        interests      | billing;training          | billing;training
        newsletter     | true                      | true
        note           | 'žluťoučký 🐎'             | 'žluťoučký 🐎'
        """)
    void aValueIsKeptAsItsTypeHasIt(String property, String sent, String kept) {
        Answer answer = create("\"" + property + "\":\"" + sent + "\"");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.at("properties/" + property)).isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        birthday       | 1772366400123 | INVALID_DATE          | 1772366400123 is at 12:00:00.123 UTC, not midnight!
        birthday       | 2026-02-30    | INVALID_DATE          | 2026-02-30 was not a valid date.
        last_seen      | yesterday     | INVALID_LONG          | yesterday was not a valid long.
        interests      | billing;none  | INVALID_OPTION        | 'none was not one of the allowed options: [billing, support, training]'
        newsletter     | yes           | INVALID_OPTION        | 'yes was not one of the allowed options: [true, false]'
        hs_email_domain| a             | READ_ONLY_VALUE       | '"hs_email_domain" is a read only property; its value cannot be set.'
        Email          | a@example.com | PROPERTY_DOESNT_EXIST | 'Property "Email" does not exist'
        """)
    void aValueIsRefused(String property, String sent, String code, String message) {
        Answer answer = create("\"" + property + "\":\"" + sent + "\"");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("category")).isEqualTo("VALIDATION_ERROR");
        assertThat(answer.at("correlationId")).isEqualTo(answer.header("X-HubSpot-Correlation-Id"));
        assertThat(answer.at("errors/0/code")).isEqualTo(code);
        assertThat(answer.at("errors/0/message")).isEqualTo(message);
        assertThat(answer.at("errors/0/context/propertyName/0")).isEqualTo(property);
        assertThat(sandbox.objects("contacts")).isEmpty();
    }

    @Test
    void anEmptyTextClearsAndANullSaysNothing() {
        String id = create("\"firstname\":\"Ada\",\"city\":\"Porto\"").at("id");
        client.patch(CONTACTS + "/" + id, "{\"properties\":{\"firstname\":\"\",\"city\":null}}");
        Answer read = client.get(CONTACTS + "/" + id + "?properties=firstname,city&properties=phone,nonsense");
        assertThat(read.body().at("/properties/firstname").isNull()).isTrue();
        assertThat(read.at("properties/city")).isEqualTo("Porto");
        assertThat(read.body().at("/properties").has("phone")).isTrue();
        assertThat(read.body().at("/properties").has("nonsense")).isFalse();
    }

    @Test
    void anArchivedContactGivesItsAddressFree() {
        String first = create("\"email\":\"a@example.com\"").at("id");
        assertThat(create("\"email\":\"A@example.com\"").at("message"))
                .isEqualTo("Contact already exists. Existing ID: " + first);
        assertThat(client.delete(CONTACTS + "/" + first).status()).isEqualTo(204);
        assertThat(client.delete(CONTACTS + "/" + first).status()).isEqualTo(204);
        assertThat(create("\"email\":\"a@example.com\"").status()).isEqualTo(201);
        assertThat(sandbox.archivedObjects("contacts")).hasSize(1);
    }

    @Test
    void aUniquePropertyOfTheAccountIsAnInvalidValue() {
        create("\"penstock_mutation\":\"m1\"");
        Answer answer = create("\"penstock_mutation\":\"m1\"");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("errors/0/code")).isEqualTo("CONFLICTING_UNIQUE_VALUE");
        assertThat(answer.at("message")).contains("already has that value");
    }

    @Test
    void aBatchUpdateThatIsRefusedLeavesNothingBehind() {
        String one = create("\"city\":\"Porto\"").at("id");
        String two = create("\"city\":\"Graz\"").at("id");
        String inputs = "{\"inputs\":[{\"id\":\"%s\",\"properties\":{\"city\":\"New\"}%s},"
                + "{\"id\":\"%s\",\"properties\":{\"nonsense\":\"1\"}%s}]}";
        Answer refused = client.post(CONTACTS + "/batch/update", inputs.formatted(one, "", two, ""));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(sandbox.objects("contacts").getFirst().path("city").asText()).isEqualTo("Porto");

        String[] traces = {",\"objectWriteTraceId\":\"a\"", ",\"objectWriteTraceId\":\"b\""};
        Answer mixed = client.post(CONTACTS + "/batch/update", inputs.formatted(one, traces[0], two, traces[1]));
        assertThat(mixed.status()).isEqualTo(207);
        assertThat(mixed.at("results/0/objectWriteTraceId")).isEqualTo("a");
        assertThat(mixed.at("errors/0/context/objectWriteTraceId/0")).isEqualTo("b");
        assertThat(sandbox.objects("contacts").getFirst().path("city").asText()).isEqualTo("New");
    }

    @Test
    void aMissingRecordOfATracedBatchNamesItsTrace() {
        Answer answer = client.post(
                CONTACTS + "/batch/update",
                "{\"inputs\":[{\"id\":\"7\",\"properties\":{},\"objectWriteTraceId\":\"a\"}]}");
        assertThat(answer.status()).isEqualTo(207);
        assertThat(answer.body().path("results")).isEmpty();
        assertThat(answer.at("errors/0/context/ids/0")).isEqualTo("7");
        assertThat(answer.at("errors/0/context/objectWriteTraceId/0")).isEqualTo("a");
    }

    @Test
    void theSearchIsBehindByItsLag() {
        String search =
                "{\"filterGroups\":[{\"filters\":[{\"propertyName\":\"city\",\"operator\":\"EQ\",\"value\":\"%s\"}]}]}";
        String id = create("\"city\":\"Porto\"").at("id");
        assertThat(client.post(CONTACTS + "/search", search.formatted("Porto")).at("total"))
                .isEqualTo("0");
        clock.advance(Duration.ofSeconds(5));
        client.patch(CONTACTS + "/" + id, "{\"properties\":{\"city\":\"Graz\"}}");
        Answer stale = client.post(CONTACTS + "/search", search.formatted("Porto"));
        assertThat(stale.at("results/0/id")).isEqualTo(id);
        assertThat(stale.header("X-HubSpot-RateLimit-Max")).isEmpty();
        clock.advance(Duration.ofSeconds(5));
        client.delete(CONTACTS + "/" + id);
        assertThat(client.post(CONTACTS + "/search", search.formatted("graz")).at("total"))
                .isEqualTo("1");
        clock.advance(Duration.ofSeconds(5));
        assertThat(client.post(CONTACTS + "/search", search.formatted("Graz")).at("total"))
                .isEqualTo("0");
    }

    @Test
    void datedPathsAndTypeIdsAreTheSameThing() {
        String id = client.post("/crm/objects/2026-03/0-1", "{\"properties\":{\"city\":\"Bergen\"}}")
                .at("id");
        assertThat(client.get("/crm/objects/2026-09/contact/" + id + "?properties=city")
                        .at("properties/city"))
                .isEqualTo("Bergen");
        assertThat(client.get("/crm/properties/2026-03/deals").body().path("results"))
                .isNotEmpty();
    }

    @Test
    void requestsThatMakeNoSense() {
        assertThat(client.get("/crm/v3/objects/spaceships").at("message"))
                .isEqualTo("Unable to infer object type from: spaceships");
        assertThat(client.get("/crm/v9/objects/contacts").status()).isEqualTo(404);
        assertThat(client.post(CONTACTS, "{\"properties\":").at("message")).startsWith("Invalid input JSON on line 1");
        assertThat(client.post(CONTACTS, "{}").status()).isEqualTo(400);
        assertThat(client.get(CONTACTS + "/abc").at("category")).isEqualTo("OBJECT_NOT_FOUND");
        assertThat(client.get(CONTACTS + "?limit=101").status()).isEqualTo(400);
        assertThat(client.put(CONTACTS, "{}").status()).isEqualTo(405);
        assertThat(client.post(CONTACTS, "{\"properties\":{},\"associations\":[{}]}")
                        .status())
                .isEqualTo(400);
    }
}
