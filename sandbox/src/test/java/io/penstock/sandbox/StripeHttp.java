package io.penstock.sandbox;

import io.penstock.sandbox.SandboxClient.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plain HTTP client of a Stripe account; paths are those behind the version, forms are names and values in turn. */
final class StripeHttp implements AutoCloseable {
    private final SandboxClient http;
    private String key;

    StripeHttp(StripeSandbox sandbox) {
        http = new SandboxClient(sandbox, "");
        key = sandbox.config().keys().secret();
    }

    void use(String apiKey) {
        key = apiKey;
    }

    Answer get(String path, String... headers) {
        return http.send("GET", "/v1" + path, "", signed(headers));
    }

    Answer delete(String path) {
        return http.send("DELETE", "/v1" + path, "", signed());
    }

    Answer post(String path, String... form) {
        return http.form("/v1" + path, form(form), signed());
    }

    /** Posts under an idempotency key. */
    Answer keyed(String idempotencyKey, String path, String... form) {
        return http.form("/v1" + path, form(form), signed("Idempotency-Key", idempotencyKey));
    }

    Answer send(String method, String target, String json, String... headers) {
        return http.send(method, target, json, headers);
    }

    String create(String... form) {
        return post("/customers", form).at("id");
    }

    private String[] signed(String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + key));
        all.addAll(List.of(headers));
        return all.toArray(String[]::new);
    }

    private static Map<String, String> form(String... pairs) {
        Map<String, String> form = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            form.put(pairs[i], pairs[i + 1]);
        }
        return form;
    }

    @Override
    public void close() {
        http.close();
    }
}
