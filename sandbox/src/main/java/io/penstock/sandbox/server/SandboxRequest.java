package io.penstock.sandbox.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
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
        return new SandboxRequest(
                method,
                target,
                decodePath(rawPath(target)),
                parameters(question < 0 ? "" : target.substring(question + 1)),
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

    /** Every value of a query parameter that may be given more than once, in their order. */
    public List<String> values(String name) {
        int question = target.indexOf('?');
        return question < 0
                ? List.of()
                : Stream.of(target.substring(question + 1).split("&"))
                        .filter(pair -> decode(pair.split("=", 2)[0]).equals(name))
                        .map(pair -> pair.contains("=") ? decode(pair.substring(pair.indexOf('=') + 1)) : "")
                        .toList();
    }

    public SandboxRequest withRefusal(Fault.RefuseRecords refused) {
        return new SandboxRequest(method, target, path, query, headers, body, refused);
    }

    /** The parts of the path between slashes, without empty ones; a slash that was encoded is part of its part. */
    public List<String> segments() {
        return Stream.of(rawPath(target).split("/"))
                .filter(part -> !part.isEmpty())
                .map(SandboxRequest::decodePath)
                .toList();
    }

    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static String rawPath(String target) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        int scheme = path.indexOf("://");
        int slash = scheme < 0 ? 0 : path.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : path.substring(slash);
    }

    /** In a path, other than in a query, a plus is a plus. */
    private static String decodePath(String encoded) {
        return decode(encoded.replace("+", "%2B"));
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
