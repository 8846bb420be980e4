package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an account proves itself, by the document's security schemes. */
final class SecurityDraft {
    private final OpenApiDocument document;
    private final DraftText text;

    SecurityDraft(OpenApiDocument document, DraftText text) {
        this.document = document;
        this.text = text;
    }

    void write(@Nullable ObjectNode operation) throws ImportRefused {
        JsonNode schemes = document.root().path("components").path("securitySchemes");
        JsonNode asked = operation != null && operation.has("security")
                ? operation.path("security")
                : document.root().path("security");
        Map<String, JsonNode> usable = new LinkedHashMap<>();
        for (JsonNode alternative : asked) {
            for (Map.Entry<String, JsonNode> scheme : alternative.properties()) {
                usable.put(scheme.getKey(), document.resolved(schemes.path(scheme.getKey())));
            }
        }
        if (usable.isEmpty()) {
            for (Map.Entry<String, JsonNode> scheme : schemes.properties()) {
                usable.put(scheme.getKey(), document.resolved(scheme.getValue()));
            }
        }
        if (usable.size() > 1) {
            text.decide(
                    0,
                    "the document knows several ways to prove oneself: "
                            + OneLine.of(String.join(", ", usable.keySet())));
        }
        String best = null;
        for (String candidate : usable.keySet()) {
            if (best == null || rank(usable.get(candidate)) < rank(usable.get(best))) {
                best = candidate;
            }
        }
        auth(best == null ? null : usable.get(best));
    }

    /** A token that the user has beats an exchange of tokens: it is the shorter way to a working table. */
    private static int rank(@Nullable JsonNode scheme) {
        if (scheme == null) {
            return 9;
        }
        return switch (scheme.path("type").asText()) {
            case "http" -> scheme.path("scheme").asText().equalsIgnoreCase("bearer") ? 0 : 2;
            case "apiKey" -> scheme.path("in").asText().equals("header") ? 1 : 8;
            case "oauth2" -> 3;
            default -> 7;
        };
    }

    private void auth(@Nullable JsonNode scheme) {
        String type = scheme == null ? "" : scheme.path("type").asText();
        if (scheme == null) {
            text.decide(0, "how one proves oneself: the document does not say");
            text.line(0, "auth: {}                                  # Authorization: Bearer <token>");
        } else if (type.equals("http") && scheme.path("scheme").asText().equalsIgnoreCase("bearer")) {
            text.line(0, "auth: {}                                  # Authorization: Bearer <token>");
        } else if (type.equals("http") && scheme.path("scheme").asText().equalsIgnoreCase("basic")) {
            text.comment(0, "the token of the configuration is the base64 of user:password");
            text.line(0, "auth: {value: 'Basic ${token}'}");
        } else if (type.equals("apiKey") && scheme.path("in").asText().equals("header")) {
            Map<String, String> auth = new LinkedHashMap<>();
            auth.put("header", DraftText.scalar(scheme.path("name").asText()));
            auth.put("value", "'${token}'");
            text.line(0, "auth: " + DraftText.flow(auth));
        } else if (type.equals("oauth2")) {
            oauth(scheme);
        } else {
            text.decide(
                    0,
                    "how one proves oneself: " + type + " in "
                            + scheme.path("in").asText("the document")
                            + " is more than a definition can say; a header with the token is what there is");
            text.line(0, "auth: {}");
        }
    }

    private void oauth(JsonNode scheme) {
        JsonNode flows = scheme.path("flows");
        JsonNode code = flows.path("authorizationCode");
        String url = code.path("refreshUrl").asText(code.path("tokenUrl").asText());
        if (url.isEmpty()) {
            text.decide(
                    0,
                    "where tokens are refreshed; until then the configuration gives a token that stays: token = ...");
            text.line(0, "auth: {}");
            return;
        }
        text.decide(
                0,
                "whether a refresh token is for one use (rotating: true), and which codes say that only a person helps (revoked)");
        text.line(0, "auth:");
        text.line(1, "oauth: {token_url: " + DraftText.scalar(url) + "}");
    }
}
