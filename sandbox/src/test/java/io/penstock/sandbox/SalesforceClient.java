package io.penstock.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** A plain HTTP client of the sandbox, logged in, for tests that look at one answer at a time. */
final class SalesforceClient implements AutoCloseable {
    static final String VERSION = "/services/data/v62.0";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final SalesforceSandbox sandbox;
    private String token = "none";

    SalesforceClient(SalesforceSandbox sandbox) {
        this.sandbox = sandbox;
        token = token(Map.of(
                        "grant_type", "password",
                        "username", sandbox.config().login().username(),
                        "password", sandbox.config().login().password(),
                        "client_id", sandbox.config().login().clientId(),
                        "client_secret", sandbox.config().login().clientSecret()))
                .at("access_token");
    }

    /** An answer, its body read as JSON when it is. */
    record Answer(int status, JsonNode body, HttpResponse<String> response) {
        /** What stands at a JSON pointer written with dots or slashes, as text; a bare name is a member. */
        String at(String pointer) {
            return body.at(pointer.startsWith("/") ? pointer : "/" + pointer).asText();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    void use(String accessToken) {
        token = accessToken;
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
        HttpRequest.Builder request = HttpRequest.newBuilder(sandbox.uri().resolve(target))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + token)
                .method(
                        method,
                        json.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(json));
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    Answer token(Map<String, String> form) {
        StringBuilder body = new StringBuilder();
        form.forEach((name, value) ->
                body.append(name).append('=').append(encode(value)).append('&'));
        return send(HttpRequest.newBuilder(sandbox.uri().resolve("/services/oauth2/token"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    }

    /** Sends; an answer that never came whole is an {@link UncheckedIOException}. */
    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            boolean json =
                    response.headers().firstValue("content-type").orElse("").startsWith("application/json");
            return new Answer(
                    response.statusCode(), json ? MAPPER.readTree(response.body()) : MAPPER.missingNode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    URI uri() {
        return sandbox.uri();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
