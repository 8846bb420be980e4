package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Plan;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table that the tests write to. */
final class Contacts {
    static final UUID ID = UUID.fromString("0198f0f0-1111-7222-8333-444455556666");
    static final String ONE = "003000000000001AAA";
    static final String TWO = "003000000000002AAA";
    static final SalesforceAdapter ADAPTER =
            new SalesforceAdapter(new SalesforceSettings("v62.0", Duration.ofMinutes(10)));

    private Contacts() {}

    static TableMapping table() {
        return table("Penstock_Mutation__c", new RowLimits(200, 200, 200));
    }

    static TableMapping table(@Nullable String correlationField, RowLimits limits) {
        return new TableMapping(
                "salesforce",
                "contacts",
                "Contact",
                "id",
                List.of(
                        column("id", "Id", ColumnType.TEXT, false, false),
                        column("first_name", "FirstName", new ColumnType.Text(40), true, true),
                        column("last_name", "LastName", new ColumnType.Text(80), true, true),
                        column("email", "Email", new ColumnType.Text(80), true, true),
                        column("interests", "Interests__c", ColumnType.TEXT_ARRAY, true, true),
                        column("score", "Score__c", ColumnType.NUMERIC, true, true),
                        new ColumnMapping("opted_out", "HasOptedOutOfEmail", ColumnType.BOOL, true, true, false, null),
                        column("met_at", "MetAt__c", ColumnType.TIMESTAMP, true, true),
                        column("account_id", "AccountId", ColumnType.TEXT, true, false),
                        column("name", "Name", ColumnType.TEXT, false, false),
                        column("created_date", "CreatedDate", ColumnType.TIMESTAMP, false, false),
                        column("system_modstamp", "SystemModstamp", ColumnType.TIMESTAMP, false, false)),
                correlationField,
                "system_modstamp",
                limits,
                "Contact",
                Map.of());
    }

    private static ColumnMapping column(
            String column, String field, ColumnType type, boolean creatable, boolean updatable) {
        return new ColumnMapping(column, field, type, creatable, updatable, true, null);
    }

    static Mutation insert(String... rows) {
        return mutation(Operation.INSERT, table(), rows);
    }

    /** Rows as JSON of their assigned columns; those of an UPDATE or DELETE get the keys {@link #ONE}, {@link #TWO} ... */
    static Mutation mutation(Operation operation, TableMapping table, String... rows) {
        List<RowChange> changes = new ArrayList<>();
        for (String row : rows) {
            int ordinal = changes.size();
            changes.add(new RowChange(ordinal, operation == Operation.INSERT ? null : id(ordinal + 1), object(row)));
        }
        return new Mutation(ID, operation, table, changes);
    }

    static String id(int number) {
        return String.format("003%012dAAA", number);
    }

    static ApiCall call(Mutation mutation) {
        return ((Plan.Planned) ADAPTER.plan(mutation)).calls().getFirst();
    }

    static ObjectNode object(String json) {
        return (ObjectNode) json(json);
    }

    /** JSON with single quotes for double ones, to be read beside Java. */
    static JsonNode json(String json) {
        JsonNode node = Json.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        if (node == null) {
            throw new IllegalArgumentException("not JSON: " + json);
        }
        return node;
    }

    static ApiResponse answer(int status, String body) {
        return new ApiResponse(status, Map.of(), body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
