package io.penstock.adapters.definition;

import io.penstock.adapters.definition.yaml.Section;
import io.penstock.adapters.definition.yaml.Yaml;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what an API's errors mean. */
final class ErrorsReader {
    private static final Pattern STATUS = Pattern.compile("([1-5])(xx|[0-9]{2})");
    private static final Map<String, ErrorRules.Doing> DOING =
            Map.of("read", ErrorRules.Doing.READ, "write", ErrorRules.Doing.WRITE);

    private ErrorsReader() {}

    /** @param buckets names of the limits */
    static ErrorRules read(Section section, Set<String> buckets) {
        Finder code = Pointers.finder(section, "code");
        Finder message = Pointers.finder(section, "message");
        Finder field = Pointers.finder(section, "field");
        Finder row = Pointers.finder(section, "row");
        List<ErrorRules.Rule> rules = new ArrayList<>();
        for (Yaml item : section.items("rules")) {
            Section one = section.section(section.path("rules") + "[" + rules.size() + "]", item);
            if (one != null) {
                rules.add(rule(one, buckets));
            }
        }
        section.done();
        return new ErrorRules(code, message, field, row, rules);
    }

    private static ErrorRules.Rule rule(Section section, Set<String> buckets) {
        section.required("class");
        ErrorKind kind = section.choice("class", ErrorKind.BY_NAME);
        Set<ErrorRules.Statuses> statuses = new LinkedHashSet<>();
        for (String text : section.texts("status")) {
            ErrorRules.Statuses range = statuses(text);
            if (range == null) {
                section.mistake("status", "has \"" + text + "\", which is no status such as 422 or 5xx");
            } else {
                statuses.add(range);
            }
        }
        Set<String> codes = new LinkedHashSet<>(section.texts("code"));
        Pattern message = Pointers.pattern(section, "message");
        ErrorRules.Doing doing = section.choice("to", DOING);
        String bucket = section.text("limit");
        if (bucket != null && !buckets.contains(bucket)) {
            section.mistakes()
                    .add(section.line("limit"), section.path("limit"), "is no limit of this API", bucket, buckets);
        }
        Duration wait = section.duration("wait");
        if (!section.has("status") && codes.isEmpty() && message == null) {
            section.mistakes()
                    .add(
                            section.line(),
                            section.path(),
                            "fits every answer: it names neither status, code nor message");
        }
        if (kind != null && kind != ErrorKind.RATE_LIMITED && (bucket != null || wait != null)) {
            section.mistake("class", "is not rate_limited, and has a limit or a wait");
        }
        section.done();
        return new ErrorRules.Rule(statuses, codes, message, doing, kind == null ? ErrorKind.RULE : kind, bucket, wait);
    }

    private static ErrorRules.@Nullable Statuses statuses(String text) {
        Matcher matcher = STATUS.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int hundred = Integer.parseInt(matcher.group(1)) * 100;
        if (matcher.group(2).equals("xx")) {
            return new ErrorRules.Statuses(hundred, hundred + 99);
        }
        int status = hundred + Integer.parseInt(matcher.group(2));
        return new ErrorRules.Statuses(status, status);
    }
}
