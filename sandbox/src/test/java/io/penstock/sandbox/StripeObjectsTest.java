package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.stripe.StripeConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Customers, products and prices, one request at a time: what is stored, what comes back, and what is refused in which words. */
class StripeObjectsTest {
    private final StripeSandbox sandbox =
            StripeSandbox.start(StripeConfig.defaults().withData(0, 0).withLimits(StripeConfig.Limits.NONE));
    private final StripeHttp stripe = new StripeHttp(sandbox);

    @AfterEach
    void close() {
        stripe.close();
        sandbox.close();
    }

    @Test
    void aCustomerShowsEveryFieldAlsoThoseNotSet() {
        Answer answer = stripe.post("/customers");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("id")).matches("cus_\\w{14}");
        assertThat(answer.at("object")).isEqualTo("customer");
        assertThat(answer.body().path("email").isNull()).isTrue();
        assertThat(answer.body().path("metadata").isEmpty()).isTrue();
        assertThat(answer.at("tax_exempt")).isEqualTo("none");
        assertThat(answer.at("invoice_prefix")).matches("[0-9A-F]{8}");
        assertThat(answer.header("Request-Id")).startsWith("req_");
        assertThat(answer.header("Stripe-Version")).isEqualTo("2026-10-28.endive");
    }

    @Test
    void nestedNamesAndNullsAndMetadata() {
        String id = stripe.create(
                "name", "Zoë 🦊",
                "address[city]", "Porto",
                "metadata[a]", "1",
                "metadata[b]", "2",
                "preferred_locales[]", "pt");
        Answer updated = stripe.post(
                "/customers/" + id, "address[line1]", "Rua 1", "metadata[a]", "", "metadata[c]", "3", "phone", "1");
        assertThat(updated.at("name")).isEqualTo("Zoë 🦊");
        assertThat(updated.at("address/city")).isEqualTo("Porto");
        assertThat(updated.at("address/line1")).isEqualTo("Rua 1");
        assertThat(updated.body().path("address").path("state").isNull()).isTrue();
        assertThat(updated.body().path("metadata").toString()).isEqualTo("{\"b\":\"2\",\"c\":\"3\"}");
        Answer cleared = stripe.post(
                "/customers/" + id, "name", "", "address", "", "metadata", "", "preferred_locales", "", "phone", "");
        assertThat(cleared.body().path("name").isNull()).isTrue();
        assertThat(cleared.body().path("phone").isNull()).isTrue();
        assertThat(cleared.body().path("address").isNull()).isTrue();
        assertThat(cleared.body().path("metadata").isEmpty()).isTrue();
        assertThat(cleared.body().path("preferred_locales").isEmpty()).isTrue();
        assertThat(stripe.get("/customers/" + id).body()).isEqualTo(cleared.body());
    }

    @Test
    void aDeletedCustomerIsATombstone() {
        String id = stripe.create("name", "Gone");
        assertThat(stripe.delete("/customers/" + id).body().toString())
                .isEqualTo("{\"id\":\"" + id + "\",\"object\":\"customer\",\"deleted\":true}");
        assertThat(stripe.get("/customers/" + id).at("deleted")).isEqualTo("true");
        assertThat(stripe.get("/customers").body().path("data").isEmpty()).isTrue();
        assertThat(stripe.post("/customers/" + id, "name", "Back").status()).isEqualTo(404);
        assertThat(stripe.delete("/customers/" + id).at("error/code")).isEqualTo("resource_missing");
        assertThat(sandbox.objects("customer")).isEmpty();
    }

    @Test
    void aChangeThatChangesNothingIsNoEvent() {
        String id = stripe.create("name", "Same");
        assertThat(stripe.post("/customers/" + id, "name", "Same").status()).isEqualTo(200);
        assertThat(sandbox.objects("event")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            email|nobody|email_invalid|Invalid email address: nobody
            nonsense|1|parameter_unknown|Received unknown parameter: nonsense
            address[planet]|x|parameter_unknown|Received unknown parameter: address[planet]
            balance|1.5|parameter_invalid_integer|Invalid integer: 1.5
            metadata|x||Invalid object
            name[first]|x||Invalid string: {"first":"x"}
            tax_exempt|maybe||Invalid tax_exempt: must be one of none, exempt, or reverse
            preferred_locales|pt||Invalid array
            shipping[name]|x|parameter_missing|Missing required param: shipping[address].
            phone|123456789012345678901||Invalid string: 1234567890...678901; must be at most 20 characters
            balance||parameter_invalid_empty|You passed an empty string for 'balance'. We assume empty values are an attempt to unset a parameter; however 'balance' cannot be unset. You should remove 'balance' from your request or supply a non-empty value.
            metadata[abcdefghijabcdefghijabcdefghijabcdefghijk]|x||Metadata keys can have up to 40 characters, but you passed a key that is 41 characters. Invalid key: abcdefghijabcdefghijabcdefghijabcdefghijk
            expand[]|email||This property cannot be expanded (email).
            tax[ip_address]|1.1.1.1|sandbox_unsupported|Stripe has the parameter tax; this sandbox has not.
            """)
    void whatACustomerCannotBe(String name, String value, String code, String message) {
        Answer answer = stripe.post("/customers", name, value == null ? "" : value);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("error/type")).isEqualTo("invalid_request_error");
        assertThat(answer.at("error/code")).isEqualTo(code == null ? "" : code);
        assertThat(answer.at("error/message")).isEqualTo(message);
        assertThat(sandbox.objects("customer")).isEmpty();
    }

    @Test
    void fiftyKeysOfMetadataAndNoMore() {
        String[] form = new String[100];
        for (int i = 0; i < 50; i++) {
            form[2 * i] = "metadata[k" + i + "]";
            form[2 * i + 1] = "v";
        }
        String id = stripe.create(form);
        assertThat(stripe.post("/customers/" + id, "metadata[k50]", "v").at("error/message"))
                .contains("up to 50 metadata keys");
        assertThat(stripe.post("/customers/" + id, "metadata[k50]", "v", "metadata[k0]", "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void urlsThatAreNone() {
        assertThat(stripe.get("/nonsense").at("error/message"))
                .startsWith("Unrecognized request URL (GET: /v1/nonsense).");
        assertThat(stripe.get("/nonsense").status()).isEqualTo(404);
        assertThat(stripe.delete("/prices/price_1").status()).isEqualTo(404);
        assertThat(stripe.delete("/customers").status()).isEqualTo(404);
        assertThat(stripe.get("/account").at("object")).isEqualTo("account");
    }

    @Test
    void jsonIsNoForm() {
        Answer answer = stripe.send(
                "POST",
                "/v1/customers",
                "{\"name\":\"x\"}",
                "Authorization",
                "Bearer " + sandbox.config().keys().secret());
        assertThat(answer.at("error/message")).contains("application/x-www-form-urlencoded");
    }

    @Test
    void productsAndTheirPrices() {
        assertThat(stripe.post("/products").at("error/param")).isEqualTo("name");
        assertThat(stripe.post("/products", "id", "cup", "name", "Cup").at("id"))
                .isEqualTo("cup");
        assertThat(stripe.post("/products", "id", "cup", "name", "Cup").at("error/code"))
                .isEqualTo("resource_already_exists");
        Answer price = stripe.post("/prices", "product", "cup", "currency", "eur", "unit_amount_decimal", "12.50");
        assertThat(price.at("unit_amount_decimal")).isEqualTo("12.5");
        assertThat(price.body().path("unit_amount").isNull()).isTrue();
        assertThat(stripe.post("/prices", "product", "cup", "currency", "eur").at("error/code"))
                .isEqualTo("parameter_missing");
        assertThat(stripe.post("/prices", "product", "pot", "currency", "eur", "unit_amount", "1")
                        .at("error/param"))
                .isEqualTo("product");
        assertThat(stripe.post("/prices/" + price.at("id"), "unit_amount", "1").at("error/code"))
                .isEqualTo("parameter_unknown");
        assertThat(stripe.post("/products/cup", "default_price", price.at("id"), "expand[]", "default_price")
                        .at("default_price/object"))
                .isEqualTo("price");
        assertThat(stripe.delete("/products/cup").at("error/message")).contains("user-created prices");
        stripe.post(
                "/products",
                "id",
                "pot",
                "name",
                "Pot",
                "package_dimensions[height]",
                "2.5",
                "package_dimensions[length]",
                "1",
                "package_dimensions[weight]",
                "1",
                "package_dimensions[width]",
                "1");
        assertThat(stripe.get("/products/pot")
                        .body()
                        .at("/package_dimensions/height")
                        .isNumber())
                .isTrue();
        assertThat(stripe.delete("/products/pot").at("deleted")).isEqualTo("true");
        assertThat(stripe.get("/products/pot").status()).isEqualTo(404);
        assertThat(stripe.post("/products", "id", "pot", "name", "Pot").at("error/code"))
                .isEqualTo("resource_already_exists");
    }

    @Test
    void lookupKeysAreUniqueAndCanMove() {
        stripe.post("/products", "id", "cup", "name", "Cup");
        String[] form = {"product", "cup", "currency", "eur", "unit_amount", "1", "lookup_key", "standard"};
        String first = stripe.post("/prices", form).at("id");
        Answer second = stripe.post("/prices", form);
        assertThat(second.at("error/message")).contains(first).contains("already uses that lookup key");
        String third = stripe.post(
                        "/prices",
                        "product",
                        "cup",
                        "currency",
                        "eur",
                        "unit_amount",
                        "2",
                        "lookup_key",
                        "standard",
                        "transfer_lookup_key",
                        "true")
                .at("id");
        assertThat(stripe.get("/prices?lookup_keys[]=standard").at("data/0/id")).isEqualTo(third);
        assertThat(stripe.get("/prices/" + first).body().path("lookup_key").isNull())
                .isTrue();
    }
}
