package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import io.penstock.adapters.ColumnType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the API itself says about a table.
 *
 * @param within the list that holds the table, where the answer describes several; null where it describes one
 * @param named where each of them has its names
 * @param label of the table
 * @param fields the list of fields, in the answer or in the table's part of it
 * @param types the first whose conditions hold says what a field is; a field for which none holds is left out
 * @param readOnly a field of which one of these is true is not written
 * @param skip a field of which one of these is true is no column
 * @param modified which field says when the row was changed; none when empty
 */
record DescribeRule(
        RequestRule request,
        @Nullable JsonPointer within,
        List<JsonPointer> named,
        @Nullable JsonPointer label,
        JsonPointer fields,
        JsonPointer name,
        @Nullable JsonPointer fieldLabel,
        List<TypeRule> types,
        List<JsonPointer> readOnly,
        List<JsonPointer> skip,
        Conditions modified) {
    DescribeRule {
        named = List.copyOf(named);
        types = List.copyOf(types);
        readOnly = List.copyOf(readOnly);
        skip = List.copyOf(skip);
    }

    /** @param write false where the API fills the field itself */
    record TypeRule(Conditions when, ColumnType type, boolean write) {}
}
