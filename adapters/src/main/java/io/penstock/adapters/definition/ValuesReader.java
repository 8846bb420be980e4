package io.penstock.adapters.definition;

import io.penstock.adapters.ColumnType;
import io.penstock.adapters.definition.yaml.Section;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads types and how their values are written. */
final class ValuesReader {
    static final Map<String, Values.Timestamps> TIMESTAMPS = timestamps();
    private static final Map<String, Values.Nulls> NULLS =
            Map.of("null", Values.Nulls.NULL, "empty", Values.Nulls.EMPTY);
    private static final Map<String, Boolean> AS_TEXT = Map.of("json", false, "text", true);
    private static final Map<String, ColumnType> TYPES = types();
    private static final Pattern VARCHAR = Pattern.compile("varchar\\(([1-9][0-9]{0,6})\\)");

    private ValuesReader() {}

    /** @param otherwise what holds where the section says nothing */
    static Values read(@Nullable Section section, Values otherwise) {
        if (section == null) {
            return otherwise;
        }
        Values.Nulls nulls = section.choice("nulls", NULLS);
        Boolean numbers = section.choice("numbers", AS_TEXT);
        Boolean booleans = section.choice("booleans", AS_TEXT);
        Values.Timestamps timestamps = section.choice("timestamps", TIMESTAMPS);
        String separator = section.text("separator");
        if (separator != null && separator.isEmpty()) {
            section.mistake("separator", "is empty");
        }
        Values values = new Values(
                nulls == null ? otherwise.nulls() : nulls,
                numbers == null ? otherwise.numbersAsText() : numbers,
                booleans == null ? otherwise.booleansAsText() : booleans,
                timestamps == null ? otherwise.timestamps() : timestamps,
                separator == null ? otherwise.separator() : separator,
                section.truth("empty_is_null", otherwise.emptyIsNull()),
                section.truth("absent_is_false", otherwise.absentIsFalse()));
        section.done();
        return values;
    }

    /** The type that a key names; text where it is missing or none, which is then noted. */
    static ColumnType type(Section section, String key) {
        if (section.required(key) == null) {
            return ColumnType.TEXT;
        }
        String text = section.text(key);
        if (text == null) {
            return ColumnType.TEXT;
        }
        Matcher varchar = VARCHAR.matcher(text);
        if (varchar.matches()) {
            return new ColumnType.Text(Integer.valueOf(varchar.group(1)));
        }
        ColumnType type = section.chosen(key, text, TYPES);
        return type == null ? ColumnType.TEXT : type;
    }

    private static Map<String, Values.Timestamps> timestamps() {
        Map<String, Values.Timestamps> timestamps = new LinkedHashMap<>();
        timestamps.put("iso", Values.Timestamps.ISO);
        timestamps.put("epoch_seconds", Values.Timestamps.EPOCH_SECONDS);
        timestamps.put("epoch_millis", Values.Timestamps.EPOCH_MILLIS);
        return timestamps;
    }

    private static Map<String, ColumnType> types() {
        Map<String, ColumnType> types = new LinkedHashMap<>();
        for (ColumnType type : new ColumnType[] {
            ColumnType.TEXT,
            ColumnType.NUMERIC,
            ColumnType.WHOLE,
            ColumnType.BOOL,
            ColumnType.DATE,
            ColumnType.TIME,
            ColumnType.TIMESTAMP,
            ColumnType.JSON,
            ColumnType.TEXT_ARRAY
        }) {
            types.put(type.sql(), type);
        }
        return types;
    }
}
