package io.penstock.node.apis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Forms and queries as trees: {@code a[b]=1} is a member, {@code a[]=1}, {@code a[0]=1} and a name that comes again are elements. */
final class Forms {
    private static final Pattern BRACKET = Pattern.compile("\\[([^\\]]*)]");

    private Forms() {}

    static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    static ObjectNode tree(String form) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        for (String pair : form.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                put(
                        tree,
                        decode(equals < 0 ? pair : pair.substring(0, equals)),
                        equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return tree;
    }

    private static void put(ObjectNode tree, String name, String value) {
        int bracket = name.indexOf('[');
        List<String> path = new ArrayList<>();
        Matcher inside = BRACKET.matcher(bracket < 0 ? "" : name.substring(bracket));
        while (inside.find()) {
            path.add(inside.group(1));
        }
        put(tree, bracket < 0 ? name : name.substring(0, bracket), path, value);
    }

    private static void put(ObjectNode tree, String name, List<String> path, String value) {
        if (path.isEmpty()) {
            JsonNode before = tree.get(name);
            if (before == null) {
                tree.put(name, value);
            } else {
                ArrayNode all = before instanceof ArrayNode array
                        ? array
                        : JsonNodeFactory.instance.arrayNode().add(before);
                tree.set(name, all.add(value));
            }
        } else if (path.getFirst().matches("\\d*") && path.size() == 1) {
            (tree.get(name) instanceof ArrayNode array ? array : tree.putArray(name)).add(value);
        } else {
            ObjectNode below = tree.get(name) instanceof ObjectNode object ? object : tree.putObject(name);
            put(below, path.getFirst(), path.subList(1, path.size()), value);
        }
    }
}
