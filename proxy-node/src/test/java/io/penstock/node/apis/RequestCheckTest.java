package io.penstock.node.apis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.server.ReceivedRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The check of requests finds what is wrong with them: one that finds nothing proves nothing. */
class RequestCheckTest {
    private final RequestCheck stripe = RequestCheck.of("stripe");
    private final RequestCheck hubspot = RequestCheck.of("hubspot");

    @Test
    void whatIsDocumentedIsGood() {
        assertThat(found(
                        stripe,
                        "POST",
                        "/v1/customers",
                        "name=Ada&balance=-5&address[city]=Z%C3%BCrich&preferred_locales[0]=de",
                        200))
                .isEmpty();
        assertThat(found(stripe, "POST", "/v1/customers/cus_1", "shipping=&metadata[order]=7", 200))
                .isEmpty();
        assertThat(found(stripe, "GET", "/v1/customers?limit=100&starting_after=cus_1", null, 200))
                .isEmpty();
        assertThat(found(
                        hubspot,
                        "POST",
                        "/crm/v3/objects/contacts/batch/archive",
                        "{\"inputs\":[{\"id\":\"1\"}]}",
                        204))
                .isEmpty();
        assertThat(found(hubspot, "GET", "/crm/v3/objects/contacts?properties=email,phone&limit=5", null, 200))
                .isEmpty();
    }

    @Test
    void whatIsNotDocumentedIsAViolation() {
        assertThat(found(stripe, "POST", "/v1/invoices", "a=b", 200))
                .containsExactly("the document has no such operation");
        assertThat(found(stripe, "PATCH", "/v1/customers/cus_1", "a=b", 200)).hasSize(1);
        assertThat(found(stripe, "POST", "/v1/customers", "nickname=Ada", 200)).hasSize(1);
        assertThat(found(stripe, "POST", "/v1/customers", "balance=much", 200)).hasSize(1);
        assertThat(found(stripe, "GET", "/v1/customers?limit=101", null, 200)).hasSize(1);
        assertThat(found(stripe, "GET", "/v1/customers?page=1", null, 200))
                .containsExactly("the parameter page is not known");
        assertThat(found(stripe, "DELETE", "/v1/customers/cus_1", "a=b", 200))
                .containsExactly("there is a body, and the document knows of none");
        assertThat(found(stripe, "GET", "/v1/customers/pi_1", null, 200)).hasSize(1);
        assertThat(found(hubspot, "POST", "/crm/v3/objects/contacts/batch/archive", "{\"inputs\":[{\"id\":1}]}", 204))
                .as("JSON has numbers, and this is to be a text")
                .hasSize(1);
        assertThat(found(hubspot, "POST", "/crm/v3/objects/contacts/batch/archive", "{\"inputs\":[]}", 400))
                .as("the shape may not be wrong, also where the API refuses it")
                .hasSize(1);
        assertThat(found(hubspot, "POST", "/crm/v3/objects/contacts/batch/archive", null, 400))
                .containsExactly("there is no body");
        assertThat(found(hubspot, "POST", "/crm/v3/objects/contacts", "{\"properties\"", 400))
                .containsExactly("the body is not JSON");
    }

    @Test
    void aValueOfTheUsersMayBeWrongWhereTheApiRefusesIt() {
        assertThat(found(stripe, "POST", "/v1/customers", "tax_exempt=nonsense", 400))
                .isEmpty();
        assertThat(found(stripe, "POST", "/v1/customers", "tax_exempt=nonsense", 200))
                .hasSize(1);
    }

    private static List<String> found(
            RequestCheck check, String method, String target, @Nullable String body, int status) {
        byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        return check.violations(new ReceivedRequest(1, Instant.EPOCH, method, target, 0, status, 0, bytes, null));
    }
}
