package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import org.jspecify.annotations.Nullable;

/** How rows are read. */
sealed interface ReadRule {
    RequestRule request();

    /**
     * By key or by correlation.
     *
     * @param rows the list of records, or the one record
     * @param maxKeys so many at once; 1 where each takes a request of its own
     * @param whole what says that the answer has all that there is: only then is a record that is not in it no record of the API
     * @param gone which records only say that there is one no more; none when empty
     */
    record Lookup(RequestRule request, JsonPointer rows, int maxKeys, Conditions whole, Conditions gone)
            implements ReadRule {}

    /**
     * Page by page.
     *
     * @param rows the list of records or events
     * @param record within each of them
     * @param where which of them count
     * @param deleted which of them say that the record is gone; none when empty
     * @param modified when the row was changed, where no column says so; null otherwise
     * @param since how {@code ${since}} is written
     */
    record Listing(
            RequestRule request,
            JsonPointer rows,
            JsonPointer record,
            Conditions where,
            Conditions deleted,
            @Nullable JsonPointer modified,
            Values.Timestamps since,
            Next next)
            implements ReadRule {}

    /** Where the next page begins. */
    sealed interface Next {
        /** There is only one page. */
        record None() implements Next {}

        /**
         * The answer has a cursor.
         *
         * @param last a cursor that is a number and beyond this is not followed: the API answers no further, and a later poll goes on
         */
        record Cursor(JsonPointer at, @Nullable Long last) implements Next {}

        /** The key of the last record is the cursor, as long as the answer says that there is more. */
        record LastKey(JsonPointer hasMore, JsonPointer key) implements Next {}
    }
}
