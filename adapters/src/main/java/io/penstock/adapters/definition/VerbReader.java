package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import io.penstock.adapters.Operation;
import io.penstock.adapters.definition.yaml.Section;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads how statements are done. */
final class VerbReader {
    private static final int MOST_ROWS = 10_000;
    private static final Map<String, VerbRule.Correlate> CORRELATE = correlate();

    private final RequestReader requests;

    VerbReader(RequestReader requests) {
        this.requests = requests;
    }

    VerbRule read(Section section, Operation operation) {
        VerbRule verb = verb(section, RequestReader.Use.ROWS, operation);
        if (operation == Operation.INSERT) {
            needsKeys(section, verb);
        }
        return verb;
    }

    VerbRule upsert(Section section) {
        VerbRule verb = verb(section, RequestReader.Use.UPSERT, Operation.INSERT);
        if (verb.each() != null || verb.one() != null) {
            section.mistakes()
                    .add(section.line(), section.path(), "has a form other than many: all rows are one request");
        }
        needsKeys(section, verb);
        return verb;
    }

    private VerbRule verb(Section section, RequestReader.Use several, Operation operation) {
        VerbRule.Form one = form(section, "one", RequestReader.Use.ROW, operation);
        VerbRule.Form many = form(section, "many", several, operation);
        VerbRule.Form each = form(section, "each", RequestReader.Use.ROW, operation);
        if (one == null && many == null && each == null) {
            section.mistakes()
                    .add(
                            section.line(),
                            section.path(),
                            "has none of one (a single row), many (all rows in one request) and each (a request for each)");
        }
        if (each != null && (one != null || many != null)) {
            section.mistake("each", "stands beside one or many: a request for each row is for an API that has neither");
        }
        boolean single = many == null && each == null;
        int maxRows = section.number("max_rows", 1, 1, MOST_ROWS);
        if (single && maxRows > 1) {
            section.mistake("max_rows", "is more than 1, and there is no request for several rows");
        }
        if (!single && !section.has("max_rows")) {
            section.required("max_rows");
        }
        int defaultRows = section.number("default_rows", maxRows, 1, maxRows);
        boolean atomic = section.truth("atomic", false);
        if (atomic && each != null) {
            section.mistake("atomic", "cannot be true of several requests");
        }
        String idempotency = null;
        Section header = section.section("idempotency");
        if (header != null) {
            idempotency = header.requiredText("header");
            header.done();
        }
        section.done();
        return new VerbRule(maxRows, defaultRows, one, many, each, atomic, idempotency);
    }

    private VerbRule.@Nullable Form form(Section section, String key, RequestReader.Use use, Operation operation) {
        Section form = section.section(key);
        if (form == null) {
            return null;
        }
        Section request = form.required("request") == null ? null : form.section("request");
        Section result = form.section("result");
        boolean several = use != RequestReader.Use.ROW;
        VerbRule.Form read = request == null
                ? null
                : new VerbRule.Form(
                        requests.read(request, use), result == null ? DONE : result(result, several, operation));
        form.done();
        return read;
    }

    /** Success alone says that all is done. */
    private static final VerbRule.Result DONE =
            new VerbRule.Result(null, VerbRule.Correlate.ORDER, null, false, Conditions.NONE, null);

    private static VerbRule.Result result(Section section, boolean several, Operation operation) {
        JsonPointer rows = Pointers.required(section, "rows");
        VerbRule.Correlate by = section.choice("by", CORRELATE);
        if (several && by == null) {
            section.required("by");
        }
        JsonPointer reference = Pointers.optional(section, "reference");
        if (by == VerbRule.Correlate.REFERENCE && reference == null) {
            section.required("reference");
        }
        if (by == VerbRule.Correlate.KEY && operation == Operation.INSERT) {
            section.mistake("by", "is key: the rows of an INSERT have none yet");
        }
        VerbRule.Result result = new VerbRule.Result(
                rows,
                by == null ? VerbRule.Correlate.ORDER : by,
                reference,
                section.truth("complete", false),
                Pointers.conditions(section, "deleted"),
                Pointers.optional(section, "errors"));
        section.done();
        return result;
    }

    private static void needsKeys(Section section, VerbRule verb) {
        for (VerbRule.Form form : new VerbRule.Form[] {verb.one(), verb.many(), verb.each()}) {
            if (form != null && form.result().rows() == null) {
                section.mistakes()
                        .add(
                                section.line(),
                                section.path(),
                                "has no result: the key of a new row comes from nowhere else");
            }
        }
    }

    private static Map<String, VerbRule.Correlate> correlate() {
        Map<String, VerbRule.Correlate> correlate = new LinkedHashMap<>();
        correlate.put("order", VerbRule.Correlate.ORDER);
        correlate.put("key", VerbRule.Correlate.KEY);
        correlate.put("reference", VerbRule.Correlate.REFERENCE);
        correlate.put("upsert", VerbRule.Correlate.UPSERT);
        return correlate;
    }
}
