package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Json;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Records of the API as rows of a table. */
final class SalesforceRows {
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");

    private SalesforceRows() {}

    /** All mapped columns of a record, or null where it is no record or has no id. A field that is not there is null. */
    static @Nullable ObjectNode canonical(TableMapping table, JsonNode record) {
        String id = Json.text(record, table.key().field());
        if (!record.isObject() || id == null || id.isEmpty()) {
            return null;
        }
        ObjectNode row = Json.object();
        for (ColumnMapping column : table.columns()) {
            row.set(column.column(), SalesforceValues.fromApi(column.type(), record.path(column.field())));
        }
        return row;
    }

    static String key(TableMapping table, ObjectNode canonical) {
        return canonical.path(table.keyColumn()).asText();
    }

    /** The number after the colon of a correlation value of this statement, or -1. */
    static int ordinal(String correlation, String prefix, int rows) {
        if (!correlation.startsWith(prefix)) {
            return -1;
        }
        String number = correlation.substring(prefix.length());
        if (!number.matches("0|[1-9][0-9]{0,4}")) {
            return -1;
        }
        int ordinal = Integer.parseInt(number);
        return ordinal < rows ? ordinal : -1;
    }

    /**
     * Whether the API's row holds what was asked for. Salesforce trims texts, keeps seconds, has no empty text, and writes addresses of mail in
     * lower case; none of that is a difference.
     */
    static boolean holds(TableMapping table, RowChange change, ObjectNode canonical) {
        for (var assigned : change.values().properties()) {
            ColumnMapping column = table.column(assigned.getKey());
            if (column == null) {
                continue;
            }
            if (!(SalesforceValues.toApi(column.type(), assigned.getValue())
                    instanceof SalesforceValues.Converted.Value(JsonNode sent))) {
                return false;
            }
            if (!same(SalesforceValues.fromApi(column.type(), sent), canonical.path(column.column()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(JsonNode asked, JsonNode held) {
        if (isNothing(asked) || isNothing(held)) {
            return isNothing(asked) && isNothing(held);
        }
        if (asked.isNumber() && held.isNumber()) {
            BigDecimal one = asked.decimalValue();
            BigDecimal other = held.decimalValue();
            return one.compareTo(other) == 0;
        }
        if (asked.isTextual() && held.isTextual()) {
            return sameText(asked.textValue(), held.textValue());
        }
        return asked.equals(held);
    }

    private static boolean sameText(String asked, String held) {
        String one = asked.replace("\r\n", "\n").strip();
        String other = held.replace("\r\n", "\n").strip();
        if (one.equals(other)) {
            return true;
        }
        if (EMAIL.matcher(one).matches() && one.toLowerCase(Locale.ROOT).equals(other)) {
            return true;
        }
        try {
            return OffsetDateTime.parse(one)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .isEqual(OffsetDateTime.parse(other).truncatedTo(ChronoUnit.SECONDS));
        } catch (DateTimeException neitherIsATime) {
            return false;
        }
    }

    private static boolean isNothing(JsonNode value) {
        return value.isNull()
                || value.isMissingNode()
                || (value.isTextual() && value.textValue().isBlank())
                || (value.isArray() && value.isEmpty());
    }
}
