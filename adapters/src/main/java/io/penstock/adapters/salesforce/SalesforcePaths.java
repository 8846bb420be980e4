package io.penstock.adapters.salesforce;

import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.TableMapping;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where things are in the REST API of one version, and what record ids look like. */
record SalesforcePaths(String version) {
    /**
     * 15 characters, or the same with 3 more that make them safe to compare without case. Anything else is kept out of URLs: a comma in a "key"
     * would name a second record.
     */
    private static final Pattern RECORD_ID = Pattern.compile("[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?");

    private static final int ID_CHARACTERS = 15;

    static boolean isRecordId(String text) {
        return RECORD_ID.matcher(text).matches();
    }

    /** What makes two ids the same record: of 18 characters the last 3 only repeat the case of the first 15. */
    static String identity(String id) {
        return isRecordId(id) ? id.substring(0, ID_CHARACTERS) : id;
    }

    String data() {
        return "/services/data/" + version;
    }

    String composite() {
        return data() + "/composite";
    }

    String collections() {
        return composite() + "/sobjects";
    }

    String retrieve(TableMapping table) {
        return collections() + "/" + encode(table.object());
    }

    String upsert(TableMapping table, ColumnMapping externalId) {
        return collections() + "/" + encode(table.object()) + "/" + encode(externalId.field());
    }

    String delete(List<String> ids) {
        return collections() + "?ids=" + String.join(",", ids) + "&allOrNone=true";
    }

    String query(String soql) {
        return data() + "/query?q=" + encode(soql);
    }

    /** Like {@link #query}, deleted rows included. */
    String queryAll(String soql) {
        return data() + "/queryAll?q=" + encode(soql);
    }

    String describe(String object) {
        return data() + "/sobjects/" + encode(object) + "/describe";
    }

    /** The fields of all mapped columns, and more. */
    static List<String> fields(TableMapping table, String... more) {
        return Stream.concat(table.columns().stream().map(ColumnMapping::field), Stream.of(more))
                .distinct()
                .toList();
    }

    static String select(TableMapping table, String... more) {
        return fields(table, more).stream().collect(Collectors.joining(", ", "SELECT ", " FROM " + table.object()));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
