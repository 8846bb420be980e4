package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Composite requests: a series of calls that counts as one. */
class SalesforceCompositeTest {
    private final SalesforceSandbox sandbox =
            SalesforceSandbox.start(SalesforceConfig.defaults().withData(1, 1));
    private final SalesforceClient client = new SalesforceClient(sandbox);

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    private static String composite(boolean allOrNone, String... parts) {
        return "{\"allOrNone\":" + allOrNone + ",\"compositeRequest\":[" + String.join(",", parts) + "]}";
    }

    private static String part(String reference, String method, String path, String body) {
        return "{\"referenceId\":\"%s\",\"method\":\"%s\",\"url\":\"%s%s\"%s}"
                .formatted(
                        reference, method, SalesforceClient.VERSION, path, body.isEmpty() ? "" : ",\"body\":" + body);
    }

    private static String contacts(boolean allOrNone, String... lastNames) {
        return IntStream.range(0, lastNames.length)
                .mapToObj(i -> "{\"attributes\":{\"type\":\"Contact\"},\"LastName\":\"" + lastNames[i] + "\"}")
                .collect(Collectors.joining(",", "{\"allOrNone\":" + allOrNone + ",\"records\":[", "]}"));
    }

    private static final String READ_BACK = part(
            "read",
            "POST",
            "/composite/sobjects/Contact",
            "{\"ids\":[\"@{write[0].id}\",\"@{write[1].id}\"],\"fields\":[\"Id\",\"Name\",\"CreatedDate\"]}");

    @Test
    void writesACollectionAndReadsItBackInOneCall() {
        Answer answer = client.post(
                "/composite",
                composite(true, part("write", "POST", "/composite/sobjects", contacts(true, "One", "Two")), READ_BACK));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/compositeResponse/0/httpStatusCode")).isEqualTo("200");
        assertThat(answer.at("/compositeResponse/1/referenceId")).isEqualTo("read");
        assertThat(answer.at("/compositeResponse/1/body/1/Name")).isEqualTo("Two");
        assertThat(answer.at("/compositeResponse/1/body/0/CreatedDate")).endsWith(".000+0000");
        assertThat(answer.header("Sforce-Limit-Info")).isEqualTo("api-usage=1/10000000");
        assertThat(sandbox.dataRequests()).hasSize(1);
        assertThat(sandbox.dataRequests().getFirst().rows()).isEqualTo(2);
    }

    @Test
    void aRefusedRecordHaltsTheRest() {
        Answer answer = client.post(
                "/composite",
                composite(
                        true,
                        part("write", "POST", "/composite/sobjects", contacts(true, "One", "Forbidden")),
                        READ_BACK));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/compositeResponse/0/body/0/errors/0/statusCode"))
                .isEqualTo("ALL_OR_NONE_OPERATION_ROLLED_BACK");
        assertThat(answer.at("/compositeResponse/0/body/1/errors/0/statusCode"))
                .isEqualTo("FIELD_CUSTOM_VALIDATION_EXCEPTION");
        assertThat(answer.at("/compositeResponse/1/httpStatusCode")).isEqualTo("400");
        assertThat(answer.at("/compositeResponse/1/body/0/errorCode")).isEqualTo("PROCESSING_HALTED");
        assertThat(sandbox.objects("Contact")).hasSize(1);
    }

    @Test
    void withoutAllOrNoneADependentPartIsNotRun() {
        Answer answer = client.post(
                "/composite",
                composite(
                        false,
                        part("write", "POST", "/composite/sobjects", contacts(true, "One", "Forbidden")),
                        READ_BACK));
        assertThat(answer.at("/compositeResponse/1/body/0/message"))
                .isEqualTo("Invalid reference specified. No value for write[0].id found in write");
        assertThat(sandbox.objects("Contact")).hasSize(1);
    }

    @Test
    void theOuterAllOrNoneUndoesWhatTheInnerOneSaved() {
        Answer answer = client.post(
                "/composite",
                composite(true, part("write", "POST", "/composite/sobjects", contacts(false, "One", "Forbidden"))));
        // The documented trap: the collection says success, and yet nothing was created.
        assertThat(answer.at("/compositeResponse/0/body/0/success")).isEqualTo("true");
        assertThat(sandbox.objects("Contact")).hasSize(1);
    }

    @Test
    void laterPartsUseWhatEarlierOnesMade() {
        Answer answer = client.post(
                "/composite",
                composite(
                        true,
                        part("account", "POST", "/sobjects/Account", "{\"Name\":\"Caladan\"}"),
                        part(
                                "contact",
                                "POST",
                                "/sobjects/Contact",
                                "{\"LastName\":\"Atreides\",\"AccountId\":\"@{account.id}\"}"),
                        part("found", "GET", "/sobjects/Contact/@{contact.id}?fields=AccountId", "")));
        assertThat(answer.at("/compositeResponse/2/body/AccountId"))
                .isEqualTo(answer.at("/compositeResponse/0/body/id"))
                .startsWith("001");
        assertThat(answer.at("/compositeResponse/0/httpHeaders/Location")).contains("/sobjects/Account/001");
    }

    @Test
    void aSingleRecordThatFailsHaltsWhatHadSucceeded() {
        Answer answer = client.post(
                "/composite",
                composite(
                        true,
                        part("account", "POST", "/sobjects/Account", "{\"Name\":\"Caladan\"}"),
                        part("contact", "POST", "/sobjects/Contact", "{\"FirstName\":\"Paul\"}")));
        assertThat(answer.at("/compositeResponse/0/body/0/errorCode")).isEqualTo("PROCESSING_HALTED");
        assertThat(answer.at("/compositeResponse/1/body/0/errorCode")).isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(sandbox.objects("Account")).hasSize(1);
    }

    @Test
    void holdsTheLimitsOfPartsAndOfCollections() {
        String[] tooMany = IntStream.range(0, 26)
                .mapToObj(i -> part("r" + i, "GET", "/limits", ""))
                .toArray(String[]::new);
        assertThat(client.post("/composite", composite(false, tooMany)).status())
                .isEqualTo(400);
        String[] collections = IntStream.range(0, 6)
                .mapToObj(i -> part("r" + i, "POST", "/composite/sobjects", contacts(true, "L" + i)))
                .toArray(String[]::new);
        assertThat(client.post("/composite", composite(false, collections)).status())
                .isEqualTo(400);
        assertThat(sandbox.objects("Contact")).hasSize(1);
    }
}
