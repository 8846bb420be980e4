package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.definition.yaml.Section;
import io.penstock.adapters.definition.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads how rows are read, and how a table is described. */
final class ReadReader {
    private static final int MOST_KEYS = 10_000;
    private static final RequestRule NO_REQUEST =
            new RequestRule("GET", Template.of("/"), Map.of(), RequestRule.Encoding.JSON, null, null, Map.of());

    private final RequestReader requests;

    ReadReader(RequestReader requests) {
        this.requests = requests;
    }

    ReadRule.Lookup byKey(Section table) {
        Section section = table.required("read_back") == null ? null : table.section("read_back");
        if (section == null) {
            return new ReadRule.Lookup(NO_REQUEST, JsonPointer.empty(), 1, Conditions.NONE, Conditions.NONE);
        }
        int maxKeys = section.number("max_keys", 1, 1, MOST_KEYS);
        return lookup(section, maxKeys == 1 ? RequestReader.Use.KEY : RequestReader.Use.KEYS, maxKeys);
    }

    ReadRule.@Nullable Lookup byCorrelation(@Nullable Section section) {
        return section == null ? null : lookup(section, RequestReader.Use.CORRELATION, MOST_KEYS);
    }

    private ReadRule.Lookup lookup(Section section, RequestReader.Use use, int maxKeys) {
        RequestRule request = request(section, use);
        JsonPointer rows = Pointers.or(section, "rows", "");
        Conditions whole = Pointers.conditions(section, "whole");
        if (maxKeys > 1 && whole.isEmpty()) {
            section.mistakes()
                    .add(
                            section.line(),
                            section.path("whole"),
                            "is missing: without it a row that is not in the answer might only be in a later one");
        }
        Conditions gone = Pointers.conditions(section, "gone");
        section.done();
        return new ReadRule.Lookup(request, rows, maxKeys, whole, gone);
    }

    ReadRule.Listing list(Section table) {
        Section section = table.required("list") == null ? null : table.section("list");
        return section == null
                ? new ReadRule.Listing(
                        NO_REQUEST,
                        JsonPointer.empty(),
                        JsonPointer.empty(),
                        Conditions.NONE,
                        Conditions.NONE,
                        null,
                        Values.Timestamps.ISO,
                        new ReadRule.Next.None())
                : listing(section, RequestReader.Use.LIST);
    }

    ReadRule.@Nullable Listing changes(@Nullable Section section) {
        return section == null ? null : listing(section, RequestReader.Use.CHANGES);
    }

    private ReadRule.Listing listing(Section section, RequestReader.Use use) {
        Values.Timestamps since = section.choice("since", ValuesReader.TIMESTAMPS);
        ReadRule.Listing listing = new ReadRule.Listing(
                request(section, use),
                Pointers.required(section, "rows"),
                Pointers.or(section, "record", ""),
                Pointers.conditions(section, "where"),
                Pointers.conditions(section, "deleted"),
                Pointers.optional(section, "modified"),
                since == null ? Values.Timestamps.ISO : since,
                next(section.section("next")));
        section.done();
        return listing;
    }

    private static ReadRule.Next next(@Nullable Section section) {
        if (section == null) {
            return new ReadRule.Next.None();
        }
        boolean byKey = section.has("last_key");
        ReadRule.Next next;
        if (byKey) {
            next = new ReadRule.Next.LastKey(
                    Pointers.required(section, "has_more"), Pointers.required(section, "last_key"));
        } else {
            int last = section.number("last", -1, 0, Integer.MAX_VALUE);
            next = new ReadRule.Next.Cursor(Pointers.required(section, "cursor"), last < 0 ? null : Long.valueOf(last));
        }
        section.done();
        return next;
    }

    @Nullable
    DescribeRule describe(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        List<DescribeRule.TypeRule> types = new ArrayList<>();
        for (Yaml item : section.items("types")) {
            Section one = section.section(section.path("types") + "[" + types.size() + "]", item);
            if (one != null) {
                ColumnType type = ValuesReader.type(one, "is");
                types.add(new DescribeRule.TypeRule(Pointers.conditions(one, "when"), type, one.truth("write", true)));
                one.done();
            }
        }
        DescribeRule describe = new DescribeRule(
                request(section, RequestReader.Use.DESCRIBE),
                Pointers.optional(section, "within"),
                Pointers.several(section, "named"),
                Pointers.optional(section, "label"),
                Pointers.required(section, "fields"),
                Pointers.required(section, "name"),
                Pointers.optional(section, "field_label"),
                types,
                Pointers.several(section, "read_only"),
                Pointers.several(section, "skip"),
                Pointers.conditions(section, "modified"));
        if (types.isEmpty()) {
            section.required("types");
        }
        section.done();
        return describe;
    }

    private RequestRule request(Section section, RequestReader.Use use) {
        Section request = section.required("request") == null ? null : section.section("request");
        return request == null ? NO_REQUEST : requests.read(request, use);
    }
}
