package io.penstock.node.journal;

import static io.penstock.node.journal.JournalCause.RECOVERY;
import static io.penstock.node.journal.JournalCause.STATEMENT;

import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.node.journal.RecoveryDecision.Step;
import io.penstock.node.journal.SimulatedApi.Flight;
import io.penstock.node.journal.SimulatedDatabase.Entry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A node in a simulation: its statements and its recovery, one small step at a time, so that it can die between any two. */
final class SimulatedNode {
    /** What a client has been told. */
    enum Told {
        DONE,
        NOT_APPLIED,
        UNKNOWN
    }

    /** A statement's next step. */
    private enum Next {
        INTEND,
        SEND,
        WAIT,
        HOLD,
        STORE,
        RELEASE,
        ENDED
    }

    /** One running statement; itself the holder of its locks. */
    private final class Statement {
        final Mutation mutation;
        Next next = Next.INTEND;
        long deadline;

        @Nullable
        Flight flight;

        Statement(Mutation mutation) {
            this.mutation = mutation;
        }

        void step() throws IOException {
            UUID id = mutation.id();
            if (world.database.locks.containsKey(id)) {
                // A recovery holds the entry: whatever the statement does to it waits.
                return;
            }
            switch (next) {
                case INTEND -> {
                    deadline = world.now + 2_000;
                    if (world.database.down || !world.database.intend(new Entry(mutation, life, deadline))) {
                        end(Told.NOT_APPLIED);
                    } else {
                        next = Next.SEND;
                    }
                }
                case SEND -> {
                    if (world.now > deadline || world.random.nextInt(12) == 0) {
                        move(id, Change.of(JournalEvent.CERTAINLY_NOT_SENT, STATEMENT));
                        end(Told.NOT_APPLIED);
                    } else {
                        flight = world.api.send(mutation, world.now, deadline, world.random);
                        next = Next.WAIT;
                    }
                }
                case WAIT -> await();
                case HOLD -> {
                    if (!hold(new AnswerRecord.Held(id, JournalJson.bytes(JournalJson.answer(answer()))))) {
                        move(id, Change.of(JournalEvent.API_ACCEPTED, STATEMENT).with(answer()));
                    }
                    next = Next.STORE;
                }
                case STORE -> store();
                case RELEASE -> {
                    hold(new AnswerRecord.Released(id));
                    end(Told.DONE);
                }
                case ENDED -> {}
            }
        }

        private void await() {
            Flight sent = flight;
            if (sent != null && sent.arrived && sent.answerArrives <= world.now) {
                if (sent.refused) {
                    move(mutation.id(), Change.of(JournalEvent.API_REJECTED, STATEMENT));
                    end(Told.NOT_APPLIED);
                } else {
                    next = Next.HOLD;
                }
            } else if (world.now > deadline) {
                move(mutation.id(), Change.of(JournalEvent.ANSWER_LOST, STATEMENT));
                end(Told.UNKNOWN);
            }
        }

        private void store() throws IOException {
            UUID id = mutation.id();
            String key = mutation.rows().getFirst().key();
            // A connection that was lost has taken its locks with it.
            if (world.database.down || key != null && !world.database.holds(key, this)) {
                left.add(id);
                end(Told.UNKNOWN);
            } else if (!world.database.storable(id)) {
                // Recovery was faster.
                left.add(id);
                end(Told.UNKNOWN);
            } else if (!world.database.store(id, answer())) {
                world.database.move(
                        id,
                        Change.of(JournalEvent.ROW_REFUSED, STATEMENT)
                                .orAccepting()
                                .with(answer()));
                hold(new AnswerRecord.Released(id));
                end(Told.UNKNOWN);
            } else if (world.random.nextInt(20) == 0) {
                // Committed, but nobody heard of it.
                left.add(id);
                end(Told.UNKNOWN);
            } else {
                next = Next.RELEASE;
            }
        }

        private Answer answer() {
            if (flight == null || flight.answer == null) {
                throw new IllegalStateException("no answer");
            }
            return flight.answer;
        }

        private void end(Told told) {
            world.told.put(mutation.id(), told);
            world.database.unlock(this);
            next = Next.ENDED;
        }
    }

    final String name;
    private final Simulation world;
    private final List<Statement> statements = new ArrayList<>();
    private final Set<UUID> left = new HashSet<>();
    private MemoryDisk disk = new MemoryDisk();
    private AnswerFile answers;
    private int lives;
    String life = "";
    private @Nullable Entry claimed;
    private @Nullable Step step;
    private Object recovery = new Object();

    SimulatedNode(String name, Simulation world) throws IOException {
        this.name = name;
        this.world = world;
        this.answers = AnswerFile.open(disk);
        start();
    }

    /** kill -9, perhaps with the power gone too, and a start with the same disk. */
    void dieAndStart() throws IOException {
        statements.forEach(world.database::unlock);
        world.database.unlock(recovery);
        statements.clear();
        left.clear();
        claimed = null;
        disk = disk.afterPowerLoss(world.random.nextInt(disk.unforced() + 1));
        start();
    }

    private void start() throws IOException {
        life = name + "#" + ++lives;
        recovery = new Object();
        answers = AnswerFile.open(disk);
    }

    boolean idle() {
        return statements.isEmpty() && answers.held().isEmpty();
    }

    /** @return false where the row is locked */
    boolean begin(Mutation mutation) {
        Statement statement = new Statement(mutation);
        String key = mutation.rows().getFirst().key();
        if (world.database.down || key != null && !world.database.lock(key, statement)) {
            return false;
        }
        statements.add(statement);
        return true;
    }

    void step() throws IOException {
        disk.failForce(world.faults && world.random.nextInt(50) == 0);
        if (!statements.isEmpty() && world.random.nextBoolean()) {
            Statement statement = statements.get(world.random.nextInt(statements.size()));
            statement.step();
            statements.removeIf(each -> each.next == Next.ENDED);
        } else if (!world.database.down) {
            recover();
        }
    }

    private void recover() throws IOException {
        Entry entry = claimed;
        if (entry == null) {
            ship();
            claim();
        } else if (!world.database.holds(entry.mutation.id(), recovery)) {
            // The connection was lost with everything that it had done.
            claimed = null;
        } else if (step == null) {
            step = RecoveryDecision.first(entry.state, entry.answer);
            if (step instanceof Step.AskApi) {
                long untilQuiet = entry.deadline + SimulatedApi.SERVER_TIMEOUT - world.now;
                step = RecoveryDecision.afterFinding(
                        world.api.find(entry.mutation),
                        entry.attempts,
                        Duration.ofMillis(untilQuiet).plus(RecoveryDecision.MARGIN));
            }
        } else {
            carryOut(entry, step);
            world.database.unlock(recovery);
            claimed = null;
        }
    }

    private void carryOut(Entry entry, Step decided) {
        UUID id = entry.mutation.id();
        switch (decided) {
            case Step.AskApi _ -> throw new IllegalStateException("asked already");
            case Step.Close _ -> world.database.move(id, Change.of(JournalEvent.ABSENT_AT_API, RECOVERY));
            case Step.Later later -> later(entry, Change.of(later.event(), RECOVERY), later.delay());
            case Step.Store(Answer answer, var _) -> {
                for (String key : answer.keys()) {
                    if (!world.database.lock(key, recovery)) {
                        entry.attempts++;
                        entry.nextAttempt = world.now
                                + RecoveryDecision.backOff(entry.attempts).toMillis();
                        return;
                    }
                }
                Answer current = upToDate(entry.mutation.operation(), answer);
                if (!world.database.store(id, current)) {
                    Step.Later later = RecoveryDecision.afterRefusal("refused", entry.attempts);
                    later(
                            entry,
                            Change.of(later.event(), RECOVERY).orAccepting().with(current),
                            later.delay());
                }
            }
        }
        left.remove(id);
    }

    private Answer upToDate(Operation operation, Answer answer) {
        Map<String, AnswerRow> read = new HashMap<>();
        for (String key : RecoveryDecision.toReadAgain(operation, answer, world.database.compare(answer))) {
            read.put(key, world.api.read(0, key));
        }
        return answer.with(read);
    }

    private void later(Entry entry, Change change, Duration delay) {
        world.database.move(entry.mutation.id(), change.again(delay));
        entry.nextAttempt = world.now + delay.toMillis();
    }

    private void claim() {
        for (Entry entry : world.database.open()) {
            boolean due = entry.nextAttempt <= world.now
                    && (entry.state == JournalState.IN_DOUBT
                            || entry.state == JournalState.PARKED
                            || entry.deadline <= world.now
                            || !world.lives().contains(entry.node)
                            || left.contains(entry.mutation.id()));
            if (due && world.database.lock(entry.mutation.id(), recovery)) {
                claimed = entry;
                step = null;
                return;
            }
        }
    }

    private void ship() throws IOException {
        for (AnswerRecord.Held held : answers.held()) {
            Entry entry = world.database.journal.get(held.id());
            if (entry == null) {
                throw new AssertionError("an answer without an intent");
            }
            boolean busy = entry.node.equals(life) && entry.deadline > world.now && !left.contains(held.id());
            if (!busy || !entry.state.open()) {
                // As in Postgres: the update waits for a recovery that holds the entry.
                if (world.database.locks.containsKey(held.id())) {
                    continue;
                }
                world.database.move(
                        held.id(),
                        Change.of(JournalEvent.API_ACCEPTED, RECOVERY)
                                .with(JournalJson.answer(JournalJson.parse(held.answer()))));
                hold(new AnswerRecord.Released(held.id()));
            }
        }
    }

    private void move(UUID id, Change change) {
        if (!world.database.down) {
            world.database.move(id, change);
        }
    }

    private boolean hold(AnswerRecord record) {
        try {
            answers.append(List.of(record));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
