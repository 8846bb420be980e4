package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Mutations of {@code crm.contacts} for tests. */
final class Mutations {
    private Mutations() {}

    static Mutation insert(String name, String email) {
        return of(Operation.INSERT, new RowChange(0, null, values(name, email)));
    }

    static Mutation update(String key, String name) {
        return of(Operation.UPDATE, new RowChange(0, key, JournalJson.object().put("name", name)));
    }

    static Mutation delete(String key) {
        return of(Operation.DELETE, new RowChange(0, key, JournalJson.object()));
    }

    static ObjectNode values(String name, String email) {
        return JournalJson.object().put("name", name).put("email", email);
    }

    static Mutation of(Operation operation, RowChange... rows) {
        return new Mutation(UUID.randomUUID(), operation, FakeCrm.CONTACTS, List.of(rows));
    }

    /** With time enough. */
    static JournalEntry entry(Mutation mutation) {
        return entry(mutation, Duration.ofMinutes(5));
    }

    static JournalEntry entry(Mutation mutation, Duration timeLeft) {
        return new JournalEntry(mutation, List.of(), "crm", "paul", "postgres", timeLeft);
    }
}
