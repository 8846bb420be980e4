package io.penstock.sandbox.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fault rule as the admin API takes it:
 * {@code {"fault": "drop", "moment": "after_commit", "method": "POST", "path": "/composite", "object": "Contact", "times": 2}}.
 * {@code times} is a number or {@code "always"}, and 1 when left out.
 */
final class FaultJson {
    private FaultJson() {}

    /** Adds the rule; throws {@link IllegalArgumentException} with a sentence for the person who wrote it. */
    static void add(JsonNode rule, Faults faults) {
        FaultMatch match = new FaultMatch(text(rule, "method"), text(rule, "path"), text(rule, "object"));
        Fault fault = fault(rule);
        if ("always".equals(rule.path("times").asText())) {
            faults.always(match, fault);
        } else {
            faults.next(rule.path("times").asInt(1), match, fault);
        }
    }

    private static Fault fault(JsonNode rule) {
        String name = rule.path("fault").asText();
        return switch (name) {
            case "status" -> new Fault.Status(rule.path("status").asInt(503), moment(rule, Fault.Moment.BEFORE_COMMIT));
            case "answer" ->
                new Fault.Answer(
                        rule.path("status").asInt(200),
                        headers(rule),
                        rule.path("content_type").asText("application/json"),
                        rule.path("body").asText(""),
                        moment(rule, Fault.Moment.BEFORE_COMMIT));
            case "hang" -> new Fault.Hang(milliseconds(rule), moment(rule, Fault.Moment.BEFORE_COMMIT));
            case "drop" -> new Fault.Drop(moment(rule, Fault.Moment.AFTER_COMMIT));
            case "reset" -> new Fault.Reset(moment(rule, Fault.Moment.AFTER_COMMIT));
            case "half_body" -> new Fault.HalfBody();
            case "wrong_length" -> new Fault.WrongLength();
            case "html_page" -> new Fault.HtmlPage();
            case "invalid_json" -> new Fault.InvalidJson();
            case "huge_json" -> new Fault.HugeJson(rule.path("bytes").asInt(64 << 20));
            case "latency" -> new Fault.Latency(milliseconds(rule));
            case "refuse_records" ->
                new Fault.RefuseRecords(
                        rule.path("code").asText("UNABLE_TO_LOCK_ROW"),
                        rule.path("message").asText("unable to obtain exclusive access to this record"));
            default -> throw new IllegalArgumentException("no such fault: " + name);
        };
    }

    private static Map<String, String> headers(JsonNode rule) {
        Map<String, String> headers = new HashMap<>();
        rule.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        return headers;
    }

    private static Duration milliseconds(JsonNode rule) {
        return Duration.ofMillis(rule.path("ms").asLong(1000));
    }

    private static Fault.Moment moment(JsonNode rule, Fault.Moment usual) {
        String name = text(rule, "moment");
        return name == null ? usual : Fault.Moment.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static @Nullable String text(JsonNode rule, String name) {
        return rule.hasNonNull(name) ? rule.get(name).asText() : null;
    }
}
