package io.penstock.sandbox;

import io.penstock.sandbox.SandboxClient.Answer;
import java.util.Map;

/** A plain HTTP client of an org, logged in; paths are those behind the version. */
final class SalesforceClient implements AutoCloseable {
    static final String VERSION = "/services/data/v62.0";

    private final SandboxClient http;

    SalesforceClient(SalesforceSandbox sandbox) {
        http = new SandboxClient(sandbox, "none");
        http.use(token(Map.of(
                        "grant_type", "password",
                        "username", sandbox.config().login().username(),
                        "password", sandbox.config().login().password(),
                        "client_id", sandbox.config().login().clientId(),
                        "client_secret", sandbox.config().login().clientSecret()))
                .at("access_token"));
    }

    void use(String accessToken) {
        http.use(accessToken);
    }

    Answer get(String path) {
        return send("GET", VERSION + path, "");
    }

    Answer query(String soql) {
        return get("/query?q=" + encode(soql));
    }

    Answer post(String path, String json) {
        return send("POST", VERSION + path, json);
    }

    Answer patch(String path, String json) {
        return send("PATCH", VERSION + path, json);
    }

    Answer delete(String path) {
        return send("DELETE", VERSION + path, "");
    }

    Answer send(String method, String target, String json, String... headers) {
        return http.send(method, target, json, headers);
    }

    Answer token(Map<String, String> form) {
        return http.form("/services/oauth2/token", form);
    }

    static String encode(String text) {
        return SandboxClient.encode(text);
    }

    @Override
    public void close() {
        http.close();
    }
}
