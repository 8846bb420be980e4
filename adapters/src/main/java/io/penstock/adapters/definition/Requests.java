package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.adapters.Body;
import io.penstock.adapters.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts values into the placeholders of a request. */
final class Requests {
    private Requests() {}

    /** The path with its query. A value cannot leave its part between two slashes: a key such as {@code ../x} would reach another object. */
    static String path(RequestRule rule, Template.Names names) {
        StringBuilder path = new StringBuilder();
        for (Template.Part part : rule.path().parts()) {
            switch (part) {
                case Template.Part.Literal(String text) -> path.append(text);
                case Template.Part.Placeholder(String name) -> path.append(segment(name, names.value(name)));
            }
        }
        String query = query(rule.query(), names);
        return query.isEmpty() ? path.toString() : path + (path.indexOf("?") < 0 ? "?" : "&") + query;
    }

    private static String segment(String name, @Nullable JsonNode value) {
        String text = value == null ? "" : Template.plain(value);
        if (text.isEmpty() || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException("nothing for ${" + name + "} of a path");
        }
        return encode(text).replace("+", "%20");
    }

    /** A text stands once, a list of texts repeats its name. */
    private static String query(Map<String, JsonNode> query, Template.Names names) {
        List<String> fields = new ArrayList<>();
        query.forEach((name, template) -> {
            JsonNode value = render(template, names);
            if (value != null && template.isArray()) {
                value.forEach(item -> fields.add(encode(name) + "=" + encode(Template.plain(item))));
            } else if (value != null) {
                fields.add(encode(name) + "=" + encode(Template.plain(value)));
            }
        });
        return String.join("&", fields);
    }

    static Body body(RequestRule rule, Template.Names names) {
        JsonNode template = rule.body();
        JsonNode json = template == null ? null : render(template, names);
        if (json == null) {
            return Body.EMPTY;
        }
        return switch (rule.encoding()) {
            case JSON -> new Body.Json(json);
            case FORM -> {
                List<Map.Entry<String, String>> fields = new ArrayList<>();
                flatten("", json, fields);
                yield new Body.Form(fields);
            }
        };
    }

    /** A template with its values; what has none is left out, and a list in a list becomes part of it. Null where nothing is left. */
    static @Nullable JsonNode render(JsonNode template, Template.Names names) {
        if (template.isTextual()) {
            return Template.of(template.textValue()).json(names);
        }
        if (template.isArray()) {
            ArrayNode array = Json.array();
            for (JsonNode item : template) {
                JsonNode value = render(item, names);
                if (value != null && value.isArray() && item.isTextual()) {
                    array.addAll((ArrayNode) value);
                } else if (value != null) {
                    array.add(value);
                }
            }
            return array;
        }
        if (template.isObject()) {
            ObjectNode object = Json.object();
            template.properties().forEach(field -> {
                JsonNode value = render(field.getValue(), names);
                if (value != null) {
                    object.set(field.getKey(), value);
                }
            });
            return object;
        }
        return template;
    }

    /** What lies deeper is named in brackets. An empty list or object clears, as an empty text does: there is no other way to say it in a form. */
    private static void flatten(String name, JsonNode value, List<Map.Entry<String, String>> fields) {
        if (value.isObject() && (!value.isEmpty() || name.isEmpty())) {
            value.properties()
                    .forEach(field -> flatten(
                            name.isEmpty() ? field.getKey() : name + "[" + field.getKey() + "]",
                            field.getValue(),
                            fields));
        } else if (value.isArray() && !value.isEmpty()) {
            for (int i = 0; i < value.size(); i++) {
                flatten(name + "[" + i + "]", value.get(i), fields);
            }
        } else {
            String text = value.isNull() || value.isContainerNode() ? "" : value.asText();
            fields.add(Map.entry(name, text));
        }
    }

    static TextNode text(String text) {
        return new TextNode(text);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
