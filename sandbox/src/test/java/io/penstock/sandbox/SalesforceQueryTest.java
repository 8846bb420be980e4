package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SOQL: what is found, in which order, in how many parts, and what is refused. */
class SalesforceQueryTest {
    private static SalesforceSandbox sandbox;
    private static SalesforceClient client;

    @BeforeAll
    static void fill() {
        sandbox = SalesforceSandbox.start(SalesforceConfig.defaults().withData(0, 0));
        client = new SalesforceClient(sandbox);
        String leads = """
            {"attributes":{"type":"Lead"},"LastName":"alpha","Company":"C","AnnualRevenue":10,"LeadSource":"Web","Penstock_Mutation__c":"k1"},
            {"attributes":{"type":"Lead"},"LastName":"Beta","Company":"C","AnnualRevenue":20.5,"Email":"b@example.com"},
            {"attributes":{"type":"Lead"},"LastName":"O'Gamma","Company":"100%_C","Title":"x\\\\y"},
            {"attributes":{"type":"Lead"},"LastName":"delta","Company":"C","AnnualRevenue":-3,"LeadSource":"Other"}
            """;
        client.post("/composite/sobjects", "{\"allOrNone\":true,\"records\":[" + leads + "]}");
        client.post(
                "/composite/sobjects",
                IntStream.range(0, 200)
                        .mapToObj(i -> "{\"attributes\":{\"type\":\"Account\"},\"Name\":\"A%03d\"}".formatted(i))
                        .collect(Collectors.joining(",", "{\"records\":[", "]}")));
        client.post(
                "/composite/sobjects",
                IntStream.range(200, 250)
                        .mapToObj(i -> "{\"attributes\":{\"type\":\"Account\"},\"Name\":\"A%03d\"}".formatted(i))
                        .collect(Collectors.joining(",", "{\"records\":[", "]}")));
    }

    @AfterAll
    static void close() {
        client.close();
        sandbox.close();
    }

    private static String names(Answer answer, String field) {
        return answer.body()
                .path("records")
                .valueStream()
                .map(record -> record.path(field).asText())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        LastName = 'ALPHA'                                          | alpha
        LastName != 'alpha' AND LastName != 'beta'                  | O'Gamma delta
        LeadSource != 'Web'                                         | Beta O'Gamma delta
        LeadSource = null                                           | Beta O'Gamma
        AnnualRevenue > 10                                          | Beta
        AnnualRevenue >= 10 AND AnnualRevenue <= 20.5               | alpha Beta
        AnnualRevenue < 0 OR AnnualRevenue = 20.5                   | Beta delta
        LastName IN ('beta', 'delta')                               | Beta delta
        LastName NOT IN ('beta', 'delta')                           | alpha O'Gamma
        NOT (LastName = 'beta' OR LastName = 'delta')               | alpha O'Gamma
        LastName LIKE '%A'                                          | alpha Beta O'Gamma delta
        LastName LIKE 'o\\'_amma'                                   | O'Gamma
        Company LIKE '100\\%\\_C'                                   | O'Gamma
        Title = 'x\\\\y'                                            | O'Gamma
        (LastName = 'alpha' OR LastName = 'beta') AND Email = null  | alpha
        CreatedDate > 2020-01-01T00:00:00Z AND IsDeleted = false    | alpha Beta O'Gamma delta
        CreatedDate < 2020-01-01T00:00:00+01:00                     |
        Penstock_Mutation__c = 'K1'                                 | alpha
        Penstock_Mutation__c IN ('k1', 'k2') AND LastName = 'beta'  |
        """)
    void finds(String where, String found) {
        Answer answer = client.query("SELECT LastName FROM Lead WHERE " + where);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        assertThat(names(answer, "LastName")).isEqualTo(found == null ? "" : found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ORDER BY LastName                          | alpha Beta delta O'Gamma
        ORDER BY LastName DESC LIMIT 2             | O'Gamma delta
        ORDER BY LastName LIMIT 2 OFFSET 1         | Beta delta
        ORDER BY AnnualRevenue                     | O'Gamma delta alpha Beta
        ORDER BY AnnualRevenue DESC NULLS LAST     | Beta alpha delta O'Gamma
        ORDER BY Company, LastName DESC            | O'Gamma delta Beta alpha
        """)
    void sorts(String order, String found) {
        assertThat(names(client.query("SELECT Id, LastName FROM Lead " + order), "LastName"))
                .isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        SELECT Id FORM Lead                               | MALFORMED_QUERY | unexpected token: 'FORM'
        SELECT Id FROM Lead WHERE                         | MALFORMED_QUERY | unexpected token: '<EOF>'
        SELECT Id FROM Lead WHERE Id = '1' AND Id = '2' OR Id = '3' | MALFORMED_QUERY | unexpected token: 'OR'
        SELECT Id FROM Lead WHERE LastName IN ()          | MALFORMED_QUERY | unexpected token: ')'
        SELECT Id FROM Lead GROUP BY Id                   | MALFORMED_QUERY | unexpected token: 'GROUP'
        SELECT Id FROM Lead WHERE LastName = 'open        | MALFORMED_QUERY | unexpected token: '''
        SELECT Id FROM Leads                              | INVALID_TYPE    | sObject type 'Leads' is not supported.
        SELECT Id, Nonsense FROM Lead                     | INVALID_FIELD   | No such column 'Nonsense' on entity 'Lead'.
        SELECT Id FROM Lead WHERE Description = 'x'       | INVALID_FIELD   | field 'Description' can not be filtered in a query call
        SELECT Id FROM Lead WHERE LastName = 5            | INVALID_FIELD   | value of filter criterion for field 'LastName' must be of type string and should be enclosed in quotes
        SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01T00:00:00Z' | INVALID_FIELD | value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes
        SELECT Id FROM Lead WHERE Id = 'zzz'              | INVALID_QUERY_FILTER_OPERATOR | invalid ID field: zzz
        SELECT Id FROM Lead LIMIT 1 OFFSET 2001           | NUMBER_OUTSIDE_VALID_RANGE | Maximum SOQL offset allowed is 2000
        """)
    void refuses(String soql, String code, String message) {
        Answer answer = client.query(soql);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/0/errorCode")).isEqualTo(code);
        assertThat(answer.at("/0/message")).startsWith(message);
    }

    @Test
    void countsAndSelectsGroupsOfFields() {
        Answer count = client.query("SELECT COUNT() FROM Lead WHERE AnnualRevenue != null");
        assertThat(count.at("/totalSize")).isEqualTo("3");
        assertThat(count.body().path("records")).isEmpty();
        Answer all = client.query("SELECT FIELDS(ALL) FROM Lead LIMIT 1");
        assertThat(all.body().path("records").get(0).has("Penstock_Mutation__c"))
                .isTrue();
        assertThat(client.query("SELECT FIELDS(ALL) FROM Lead").status()).isEqualTo(400);
    }

    @Test
    void pagesThroughASnapshot() {
        String soql = "/query?q=" + SalesforceClient.encode("SELECT Name FROM Account ORDER BY Name");
        Answer first = client.send("GET", SalesforceClient.VERSION + soql, "", "Sforce-Query-Options", "batchSize=200");
        assertThat(first.at("/done")).isEqualTo("false");
        assertThat(first.at("/totalSize")).isEqualTo("250");
        assertThat(first.body().path("records")).hasSize(200);
        Answer rest = client.send("GET", first.at("/nextRecordsUrl"), "");
        assertThat(rest.at("/done")).isEqualTo("true");
        assertThat(rest.body().has("nextRecordsUrl")).isFalse();
        assertThat(names(rest, "Name")).startsWith("A200 A201").endsWith("A249");
    }

    @Test
    void anEleventhCursorClosesTheFirst() {
        String soql = SalesforceClient.VERSION + "/query?q=" + SalesforceClient.encode("SELECT Id FROM Account");
        String first = client.send("GET", soql, "", "Sforce-Query-Options", "batchSize=200")
                .at("/nextRecordsUrl");
        for (int i = 0; i < 10; i++) {
            client.send("GET", soql, "", "Sforce-Query-Options", "batchSize=200");
        }
        assertThat(client.send("GET", first, "").at("/0/errorCode")).isEqualTo("INVALID_QUERY_LOCATOR");
    }
}
