package io.penstock.sandbox.server;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request as an API core sees it.
 *
 * @param target the request target as it was sent, path and query still encoded
 * @param path the decoded path
 * @param query the decoded query parameters
 * @param headers by lower-case name
 * @param refusal what every record of this request is to be refused with, when a fault asks for that
 */
public record SandboxRequest(
        String method,
        String target,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        byte[] body,
        Fault.@Nullable RefuseRecords refusal) {

    public static SandboxRequest of(String method, String target, Map<String, String> headers, byte[] body) {
        int question = target.indexOf('?');
        String rawPath = question < 0 ? target : target.substring(0, question);
        if (rawPath.startsWith("http://") || rawPath.startsWith("https://")) {
            rawPath = URI.create(rawPath).getRawPath();
        }
        String rawQuery = question < 0 ? "" : target.substring(question + 1);
        return new SandboxRequest(
                method,
                target,
                decode(rawPath.replace("+", "%2B")),
                parameters(rawQuery),
                Collections.unmodifiableMap(headers),
                body,
                null);
    }

    /** A form or a query string, decoded; of a parameter that is given twice the last one counts. */
    public static Map<String, String> parameters(String encoded) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : encoded.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                parameters.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    public SandboxRequest withRefusal(Fault.RefuseRecords refused) {
        return new SandboxRequest(method, target, path, query, headers, body, refused);
    }

    /** The parts of the path between slashes, without empty ones. */
    public List<String> segments() {
        return List.of(path.split("/")).stream().filter(part -> !part.isEmpty()).toList();
    }

    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static String decode(String encoded) {
        try {
            return encoded.indexOf('%') < 0 && encoded.indexOf('+') < 0
                    ? encoded
                    : URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return encoded;
        }
    }
}
