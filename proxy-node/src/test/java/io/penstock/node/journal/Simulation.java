package io.penstock.node.journal;

import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes, one Postgres and one API in virtual time, driven by a seed: statements, deaths at every step, losses of power, a Postgres that restarts,
 * requests and answers that are late or lost. First everything fails; then nothing does any more, and what is left has to come to its end.
 *
 * <p>The states, the moves, the decisions and the answer file are the real ones; the shells around them are imitated.
 */
final class Simulation {
    /** Backed-off attempts may lie five minutes ahead. */
    private static final long LIVENESS_BOUND = 60L * 60 * 1_000;

    final Random random;
    final SimulatedApi api = new SimulatedApi();
    final SimulatedDatabase database = new SimulatedDatabase();
    final Map<UUID, SimulatedNode.Told> told = new HashMap<>();
    final List<SimulatedNode> nodes = new ArrayList<>();
    long now = 1_000_000;
    boolean faults = true;

    private int names;

    Simulation(long seed) throws IOException {
        random = new Random(seed);
        for (String name : List.of("a", "b", "c")) {
            nodes.add(new SimulatedNode(name, this));
        }
    }

    List<String> lives() {
        return nodes.stream().map(node -> node.life).toList();
    }

    /** Runs the seed and checks what must hold. */
    void run() throws IOException {
        for (int round = 0; round < 400; round++) {
            tick(random.nextInt(60));
            if (random.nextInt(4) == 0) {
                begin();
            }
            if (random.nextInt(60) == 0) {
                node().dieAndStart();
            }
            if (database.down) {
                database.down = random.nextInt(10) != 0;
            } else if (random.nextInt(80) == 0) {
                database.restart();
            }
            if (random.nextInt(100) == 0) {
                database.refusedName = "n" + random.nextInt(Math.max(1, names));
            }
        }
        heal();
        check();
    }

    private void heal() throws IOException {
        faults = false;
        database.down = false;
        database.refusedName = null;
        long bound = now + LIVENESS_BOUND;
        while (!finished()) {
            if (now > bound) {
                throw new AssertionError("still open after an hour without faults: "
                        + database.open().stream().map(entry -> entry.state).toList());
            }
            tick(random.nextInt(500));
        }
    }

    private boolean finished() {
        return api.quiet() && database.open().isEmpty() && nodes.stream().allMatch(SimulatedNode::idle);
    }

    private void tick(int milliseconds) throws IOException {
        now += milliseconds;
        api.deliver(now);
        for (int i = 0; i < 4; i++) {
            node().step();
        }
    }

    private SimulatedNode node() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private void begin() {
        List<String> keys = List.copyOf(database.table.keySet());
        Operation operation = keys.isEmpty() ? Operation.INSERT : Operation.values()[random.nextInt(3)];
        @Nullable String key = operation == Operation.INSERT ? null : keys.get(random.nextInt(keys.size()));
        RowChange row = new RowChange(0, key, JournalJson.object().put("name", "n" + names++));
        node().begin(new Mutation(
                new UUID(random.nextLong(), random.nextLong()), operation, FakeCrm.CONTACTS, List.of(row)));
    }

    private void check() {
        require(database.table.equals(api.rows), () -> "table " + database.table + "\napi   " + api.rows);
        require(
                api.applied.values().stream().allMatch(times -> times == 1),
                () -> "a mutation took effect more than once");
        require(
                database.journal.keySet().containsAll(api.applied.keySet()),
                () -> "the API has a mutation that the journal does not know");
        database.journal.forEach((id, entry) -> {
            boolean applied = api.applied.containsKey(id);
            boolean gone = entry.mutation.operation() != Operation.INSERT
                    && !api.rows.containsKey(entry.mutation.rows().getFirst().key());
            // Of a row that has been deleted nobody can tell whether an UPDATE came before; it makes no difference to
            // it either.
            require(
                    gone || applied == (entry.state == JournalState.APPLIED),
                    () -> entry.mutation + " is " + entry.state + " and at the API: " + applied);
        });
        told.forEach((id, word) -> {
            switch (word) {
                case DONE ->
                    require(api.applied.containsKey(id) || goneUpdate(id), () -> "said done, and is not: " + id);
                case NOT_APPLIED -> require(!api.applied.containsKey(id), () -> "said not applied, and is: " + id);
                case UNKNOWN -> {}
            }
        });
    }

    /** An UPDATE of a row that was deleted at the API while it was under way. */
    private boolean goneUpdate(UUID id) {
        SimulatedDatabase.Entry entry = database.journal.get(id);
        return entry != null
                && entry.mutation.operation() == Operation.UPDATE
                && !api.rows.containsKey(entry.mutation.rows().getFirst().key());
    }

    private void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get() + "\njournal "
                    + database.journal.values().stream()
                            .map(entry -> entry.mutation.operation() + " " + entry.state)
                            .collect(Collectors.joining(", ")));
        }
    }
}
