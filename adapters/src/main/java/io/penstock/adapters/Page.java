package io.penstock.adapters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a table as the API has it.
 *
 * @param rows canonical rows, column to value
 * @param deletedKeys ids that are gone
 * @param newest the latest change in this page by the API's clock, deletions included; null where it is empty or the API does not tell
 * @param nextCursor what to hand back for the next page, or null after the last
 */
public record Page(
        List<ObjectNode> rows,
        List<String> deletedKeys,
        @Nullable Instant newest,
        @Nullable String nextCursor) {
    public Page {
        rows = List.copyOf(rows);
        deletedKeys = List.copyOf(deletedKeys);
    }
}
