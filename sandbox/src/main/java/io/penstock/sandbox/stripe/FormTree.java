package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code application/x-www-form-urlencoded} with nested names: {@code metadata[k]=v}, {@code shipping[address][city]=x},
 * {@code expand[]=a&expand[]=b}, {@code expand[0]=a}.
 *
 * <p>All of them become objects of texts: whether one is a list shows only where it is known what the parameter is. An element
 * without a number gets the next one.
 */
final class FormTree {
    private FormTree() {}

    static ObjectNode parse(String encoded) {
        ObjectNode tree = Json.object();
        for (String pair : encoded.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                put(tree, names(decode(name)), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return tree;
    }

    private static void put(ObjectNode tree, List<String> names, String value) {
        ObjectNode inner = tree;
        for (String name : names.subList(0, names.size() - 1)) {
            String key = key(inner, name);
            inner = inner.get(key) instanceof ObjectNode there ? there : inner.putObject(key);
        }
        inner.put(key(inner, names.getLast()), value);
    }

    private static String key(ObjectNode inner, String name) {
        return name.isEmpty() ? Integer.toString(inner.size()) : name;
    }

    /** {@code a[b][c]} is a, b, c; a name whose brackets do not match is itself. */
    private static List<String> names(String name) {
        int open = name.indexOf('[');
        if (open <= 0 || !name.endsWith("]")) {
            return List.of(name);
        }
        List<String> names = new ArrayList<>();
        names.add(name.substring(0, open));
        int at = open;
        while (at < name.length()) {
            int close = name.indexOf(']', at);
            if (name.charAt(at) != '[' || close < 0) {
                return List.of(name);
            }
            names.add(name.substring(at + 1, close));
            at = close + 1;
        }
        return names;
    }

    private static String decode(String encoded) {
        try {
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return encoded;
        }
    }
}
