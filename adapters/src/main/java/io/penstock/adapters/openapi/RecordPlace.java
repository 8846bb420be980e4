package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the records lie in a body.
 *
 * @param pointer empty for the body itself
 * @param list whether several lie there
 * @param record the schema of one
 * @param most how many there may be; null where the document does not say
 */
record RecordPlace(
        String pointer,
        boolean list,
        ObjectNode record,
        @Nullable Integer most) {
    /** What people call the member that holds what was asked for. */
    private static final List<String> USUAL = List.of(
            "data",
            "items",
            "results",
            "records",
            "values",
            "entries",
            "content",
            "list",
            "objects",
            "rows",
            "resources");

    /**
     * The place that is most likely meant.
     *
     * @param resource the last word of the path, such as {@code contacts}
     * @param names members by which a record is known: its key's, and those of records that are known already
     */
    static @Nullable RecordPlace find(Schemas schemas, ObjectNode body, String resource, Set<String> names)
            throws ImportRefused {
        if (Schemas.isArray(body)) {
            ObjectNode items = schemas.items(body);
            return Schemas.isObject(items) ? new RecordPlace("", true, items, most(body)) : null;
        }
        if (!Schemas.isObject(body)) {
            return null;
        }
        if (names.stream().anyMatch(body.path("properties")::has)) {
            return new RecordPlace("", false, body, null);
        }
        Map<String, ObjectNode> members = schemas.fields(body);
        RecordPlace object = null;
        for (String name : likeliest(resource, members.keySet())) {
            ObjectNode member = members.get(name);
            if (member == null) {
                continue;
            }
            String pointer = "/" + name.replace("~", "~0").replace("/", "~1");
            if (Schemas.isArray(member)) {
                ObjectNode items = schemas.items(member);
                if (Schemas.isObject(items)) {
                    return new RecordPlace(pointer, true, items, most(member));
                }
            } else if (object == null
                    && Schemas.isObject(member)
                    && names.stream().anyMatch(member.path("properties")::has)) {
                object = new RecordPlace(pointer, false, member, null);
            }
        }
        return object != null || members.isEmpty() ? object : new RecordPlace("", false, body, null);
    }

    private static @Nullable Integer most(ObjectNode array) {
        int most = array.path("maxItems").asInt(0);
        return most > 0 ? most : null;
    }

    private static List<String> likeliest(String resource, Set<String> members) {
        Set<String> names = new LinkedHashSet<>();
        String plain = resource.toLowerCase(Locale.ROOT);
        for (String member : members) {
            String word = member.toLowerCase(Locale.ROOT);
            if (word.equals(plain) || plain.startsWith(word) || word.startsWith(plain)) {
                names.add(member);
            }
        }
        names.addAll(USUAL);
        names.addAll(members);
        return new ArrayList<>(names);
    }
}
