package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Mutation;
import io.penstock.node.journal.SyncedRowStore.Standing;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Postgres in a simulation: journal, table, and locks that die with the connection that holds them. Each call is one transaction. */
final class SimulatedDatabase {
    /** A row of the journal. */
    static final class Entry {
        final Mutation mutation;
        final String node;
        final long deadline;
        JournalState state = JournalState.INTENT;

        @Nullable
        Answer answer;

        int attempts;
        long nextAttempt;

        Entry(Mutation mutation, String node, long deadline) {
            this.mutation = mutation;
            this.node = node;
            this.deadline = deadline;
        }
    }

    final Map<UUID, Entry> journal = new LinkedHashMap<>();
    final Map<String, ObjectNode> table = new TreeMap<>();
    /** Row keys and entry ids to whoever holds them. */
    final Map<Object, Object> locks = new HashMap<>();

    boolean down;
    /** A name that a constraint of the table refuses. */
    @Nullable
    String refusedName;

    /** Where it comes up again, nobody holds anything. */
    void restart() {
        down = true;
        locks.clear();
    }

    boolean lock(Object what, Object who) {
        Object holder = locks.putIfAbsent(what, who);
        return holder == null || holder == who;
    }

    void unlock(Object who) {
        locks.values().removeIf(holder -> holder == who);
    }

    boolean holds(Object what, Object who) {
        return locks.get(what) == who;
    }

    /** As JournalStore.intend: false where the outcome of an earlier change of the row is not known. */
    boolean intend(Entry entry) {
        String key = entry.mutation.rows().getFirst().key();
        boolean blocked = key != null
                && journal.values().stream()
                        .anyMatch(other -> key.equals(
                                        other.mutation.rows().getFirst().key())
                                && (other.state == JournalState.IN_DOUBT || other.state == JournalState.INTENT));
        if (!blocked) {
            journal.put(entry.mutation.id(), entry);
        }
        return !blocked;
    }

    /** As JournalStore.move. */
    boolean move(UUID id, Change change) {
        Entry entry = journal.get(id);
        if (entry == null || !change.from().contains(entry.state)) {
            return false;
        }
        entry.state = change.to();
        entry.answer = change.answer();
        entry.attempts += change.attempts();
        return true;
    }

    /** Whether MarkApplied would let the rows be stored. */
    boolean storable(UUID id) {
        Entry entry = journal.get(id);
        return entry != null && JournalMachine.storable().contains(entry.state);
    }

    /** As MarkApplied beside the rows; false where Postgres refuses the rows. */
    boolean store(UUID id, Answer answer) {
        for (AnswerRow row : answer.rows()) {
            if (row instanceof AnswerRow.Present present
                    && present.row().path("name").asText().equals(refusedName)) {
                return false;
            }
        }
        for (AnswerRow row : answer.rows()) {
            switch (row) {
                case AnswerRow.Present present -> table.put(present.key(), present.row());
                case AnswerRow.Gone gone -> table.remove(gone.key());
                case AnswerRow.KeyOnly _ -> throw new IllegalStateException("to be read first");
            }
        }
        Entry entry = journal.get(id);
        if (entry != null) {
            entry.state = JournalState.APPLIED;
            entry.answer = null;
        }
        return true;
    }

    Map<String, Standing> compare(Answer answer) {
        Map<String, Standing> standings = new HashMap<>();
        for (AnswerRow row : answer.rows()) {
            if (row instanceof AnswerRow.Present present) {
                ObjectNode there = table.get(row.key());
                standings.put(
                        row.key(),
                        there == null
                                ? Standing.ABSENT
                                : there.equals(present.row())
                                        ? Standing.SAME
                                        : there.path("modified").asLong()
                                                        < present.row()
                                                                .path("modified")
                                                                .asLong()
                                                ? Standing.OLDER
                                                : Standing.NOT_CERTAINLY_OLDER);
            }
        }
        return standings;
    }

    List<Entry> open() {
        return journal.values().stream().filter(entry -> entry.state.open()).toList();
    }
}
