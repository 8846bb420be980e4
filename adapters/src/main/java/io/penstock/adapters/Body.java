package io.penstock.adapters;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The body of a request. */
public sealed interface Body {
    Body EMPTY = new Empty();

    /** Value of the Content-Type header, or null without a body. */
    @Nullable
    String contentType();

    /** The body as it is sent, UTF-8. */
    String text();

    /** No body at all. */
    record Empty() implements Body {
        @Override
        public @Nullable String contentType() {
            return null;
        }

        @Override
        public String text() {
            return "";
        }
    }

    /** A JSON document; not changed once handed over. */
    record Json(JsonNode json) implements Body {
        @Override
        public String contentType() {
            return "application/json";
        }

        @Override
        public String text() {
            return json.toString();
        }

        @Override
        public String toString() {
            return "Json[...]";
        }
    }

    /** A form in the order of its fields; the same name may come twice. */
    record Form(List<Map.Entry<String, String>> fields) implements Body {
        public Form {
            fields = List.copyOf(fields);
        }

        @Override
        public String contentType() {
            return "application/x-www-form-urlencoded";
        }

        @Override
        public String text() {
            return fields.stream()
                    .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                    .collect(Collectors.joining("&"));
        }

        @Override
        public String toString() {
            return "Form[...]";
        }

        private static String encode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }
}
