package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.Operation;
import io.penstock.node.journal.FakeCrm;
import io.penstock.protocol.sql.Classified;
import io.penstock.protocol.sql.Dml;
import io.penstock.protocol.sql.LexerOptions;
import io.penstock.protocol.sql.StatementClassifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements and captured rows of {@code crm.contacts}, whose column {@code note} is local, for tests. */
final class Rows {
    static final long RELATION = 4711;

    private Rows() {}

    static SyncedTable table(Adapter adapter) {
        return new SyncedTable(
                FakeCrm.CONTACTS,
                adapter,
                "account",
                RELATION,
                List.of("id", "name", "email", "modified", "note"),
                Set.of("length"),
                List.of());
    }

    static Dml dml(String statement) {
        Classified classified = StatementClassifier.classify(statement, LexerOptions.DEFAULT, _ -> true);
        if (classified instanceof Classified.Mutation(Dml dml)) {
            return dml;
        }
        throw new IllegalArgumentException("no mutation: " + statement);
    }

    static CapturedRow inserted(String name) {
        return new CapturedRow(RELATION, Operation.INSERT, null, row("penstock:1", name, null));
    }

    static CapturedRow updated(String key, String before, String after) {
        return new CapturedRow(RELATION, Operation.UPDATE, row(key, before, null), row(key, after, null));
    }

    static CapturedRow noted(String key, String note) {
        return new CapturedRow(RELATION, Operation.UPDATE, row(key, "Paul", null), row(key, "Paul", note));
    }

    static CapturedRow deleted(String key) {
        return new CapturedRow(RELATION, Operation.DELETE, row(key, "Paul", null), null);
    }

    static ObjectNode row(String key, @Nullable String name, @Nullable String note) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", key)
                .put("name", name)
                .putNull("email")
                .putNull("modified")
                .put("note", note);
    }

    /** In no transaction block, at READ COMMITTED. */
    static StatementContext context(@Nullable SyncedTable table) {
        return new StatementContext(table, 100, false, "now", "paul", "paul", false, null, Map.of());
    }

    static StatementContext repeatableRead(SyncedTable table) {
        return new StatementContext(table, 100, true, "now", "paul", "paul", false, null, Map.of());
    }

    static StatementContext dryRun(SyncedTable table) {
        return new StatementContext(table, 100, false, "now", "paul", "paul", true, null, Map.of());
    }
}
