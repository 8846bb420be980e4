package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Page;
import io.penstock.adapters.Reading;
import io.penstock.adapters.TableMapping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a table page by page. */
final class DefinitionPages {
    private final DefinitionReads reads;

    DefinitionPages(DefinitionReads reads) {
        this.reads = reads;
    }

    ApiCall list(TableRule rule, TableMapping table, @Nullable String cursor) {
        return reads.read(rule.list().request(), TableNames.of(table).with(TableNames.CURSOR, cursor));
    }

    ApiCall changes(TableRule rule, TableMapping table, Instant since, @Nullable String cursor) {
        ReadRule.Listing changes = rule.changes();
        if (changes == null) {
            // whoever has no other way follows by reading everything again
            return list(rule, table, cursor);
        }
        Values as = new Values(Values.Nulls.NULL, false, false, changes.since(), null, false, false);
        return reads.read(
                changes.request(),
                TableNames.of(table)
                        .with(TableNames.CURSOR, cursor)
                        .with(
                                TableNames.SINCE,
                                new ValueCodec(as).written(since).asText()));
    }

    /** @param call the one that the answer is to: it says which of the listings this is a page of */
    Reading<Page> parse(TableRule rule, TableMapping table, ApiCall call, ApiResponse response) {
        ReadRule.Listing changes = rule.changes();
        ReadRule.Listing listing = changes != null && isCallOf(changes, table, call) ? changes : rule.list();
        return switch (reads.document(response)) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode body) -> {
                Page page = page(rule, table, listing, body);
                yield page == null ? DefinitionReads.undecodable() : new Reading.Got<>(page);
            }
        };
    }

    private static boolean isCallOf(ReadRule.Listing listing, TableMapping table, ApiCall call) {
        RequestRule request = listing.request();
        return call.method().equals(request.method())
                && withoutQuery(call.path()).equals(withoutQuery(Requests.path(request, TableNames.of(table))));
    }

    private static String withoutQuery(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** Null where the body is no page of this listing. */
    private static @Nullable Page page(TableRule rule, TableMapping table, ReadRule.Listing listing, JsonNode body) {
        JsonNode items = body.at(listing.rows());
        if (!items.isArray()) {
            return null;
        }
        FieldPaths paths = new FieldPaths(rule.values());
        List<ObjectNode> rows = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        Instant newest = null;
        for (JsonNode item : items) {
            if (!listing.where().hold(item)) {
                continue;
            }
            JsonNode record = item.at(listing.record());
            ObjectNode row = DefinitionRows.canonical(rule, table, record);
            if (row == null) {
                return null;
            }
            if (!listing.deleted().isEmpty() && listing.deleted().hold(item)) {
                deleted.add(paths.key(table, record));
            } else {
                rows.add(row);
            }
            Instant modified = modified(rule, table, listing, item, row);
            if (modified != null && (newest == null || modified.isAfter(newest))) {
                newest = modified;
            }
        }
        return new Page(rows, deleted, newest, next(listing.next(), body, items));
    }

    private static @Nullable Instant modified(
            TableRule rule, TableMapping table, ReadRule.Listing listing, JsonNode item, ObjectNode row) {
        if (listing.modified() != null) {
            return new ValueCodec(rule.encoding()).instant(item.at(listing.modified()));
        }
        String column = table.modifiedColumn();
        String text = column == null ? null : Json.text(row, column);
        return text == null ? null : new ValueCodec(Values.PLAIN).instant(Requests.text(text));
    }

    private static @Nullable String next(ReadRule.Next next, JsonNode body, JsonNode items) {
        return switch (next) {
            case ReadRule.Next.None() -> null;
            case ReadRule.Next.Cursor cursor -> {
                String text = body.at(cursor.at()).asText();
                Long last = cursor.last();
                boolean beyond = last != null && text.matches("[0-9]{1,18}") && Long.parseLong(text) > last;
                yield text.isEmpty() || beyond ? null : text;
            }
            case ReadRule.Next.LastKey lastKey -> {
                String key = items.isEmpty()
                        ? ""
                        : items.get(items.size() - 1).at(lastKey.key()).asText();
                yield key.isEmpty() || !body.at(lastKey.hasMore()).asBoolean() ? null : key;
            }
        };
    }
}
