package io.penstock.node.contract;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one statement gave.
 *
 * @param tag of its CommandComplete; empty where it was suspended or empty
 */
public record WireResult(List<WireMessage.Column> columns, List<List<byte[]>> rows, String tag) {
    /** A value in text format; null for NULL. */
    public @Nullable String text(int row, int column) {
        byte[] value = rows.get(row).get(column);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    public @Nullable String text(int row, String column) {
        return text(row, columnNames().indexOf(column));
    }

    public byte[] bytes(int row, int column) {
        return rows.get(row).get(column);
    }

    public List<String> columnNames() {
        return columns.stream().map(WireMessage.Column::name).toList();
    }

    /** All values of one column, as text. */
    public List<@Nullable String> column(int column) {
        List<@Nullable String> values = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            values.add(text(row, column));
        }
        return values;
    }
}
