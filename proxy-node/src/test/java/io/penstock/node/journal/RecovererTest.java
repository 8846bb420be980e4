package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node has died at some point of a mutation; what its successor makes of it, against a real Postgres with the real guard. */
class RecovererTest {
    private static JournalDatabase database;

    private final FakeCrm crm = new FakeCrm();
    private AnswerKeeper answers;
    private Journal dead;
    private Journal successor;
    private TableMapping mapping = FakeCrm.CONTACTS;

    @BeforeAll
    static void start() throws SQLException {
        database = JournalDatabase.start();
    }

    @AfterAll
    static void stop() throws Exception {
        database.close();
    }

    @BeforeEach
    void open() throws Exception {
        database.clear();
        answers = AnswerKeeper.start(new MemoryDisk(), 1_000_000, "test");
        dead = new Journal(database.connections(), answers, "dead");
        successor = new Journal(database.connections(), answers, "successor");
    }

    @AfterEach
    void close() {
        dead.close();
        successor.close();
        answers.close();
    }

    @Test
    void diedBeforeSendingAnInsert() throws Exception {
        UUID id = intend(Mutations.insert("Paul", "p"));
        sweep();
        assertThat(states()).containsExactly("IN_DOUBT");
        assertThat(journal(id, "reason")).contains("may still be at work");
        deadlinePasses();
        sweep();
        assertThat(states()).containsExactly("NOT_APPLIED");
        assertThat(database.query("select what_happened, hint from penstock.journal")
                        .getFirst())
                .contains("took no effect at crm", "can be repeated");
        assertThat(table()).isEmpty();
    }

    @Test
    void diedBetweenSendingAndAnswerOfAnInsert() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        intend(mutation);
        crm.apply(mutation);
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(table()).containsExactly("id00001|Paul|p|");
        assertThat(database.query("select keys, answer from penstock.mutation_journal"))
                .containsExactly("{id00001}|");
    }

    @Test
    void anInsertFoundButDeletedSinceStaysAway() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        intend(mutation);
        crm.apply(mutation);
        crm.apply(Mutations.delete("id00001"));
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(table()).isEmpty();
    }

    @Test
    void diedBetweenAnswerAndCommit() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        intend(mutation);
        await(dead.accepted(mutation.id(), crm.apply(mutation), ApiTrace.NONE));
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(table()).containsExactly("id00001|Paul|p|");
        assertThat(crm.reads()).as("the answer was on disk").isEmpty();
        assertThat(answers.held()).isEmpty();
    }

    @Test
    void anAcceptedAnswerIsStoredAlsoWhileTheApiIsDown() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        intend(mutation);
        await(dead.accepted(mutation.id(), crm.apply(mutation), ApiTrace.NONE));
        crm.down(true);
        sweep();
        assertThat(table()).containsExactly("id00001|Paul|p|");
    }

    /** The oldest is taken first: it would have been so in every round. */
    @Test
    void anEntryThatBreaksKeepsNoOtherFromItsTurn() throws Exception {
        UUID broken = intend(Mutations.insert("Paul", "p"));
        Mutation other = Mutations.insert("Leto", "l");
        intend(other);
        crm.apply(other);
        AtomicBoolean first = new AtomicBoolean(true);
        crm.beforeRead(() -> {
            if (first.getAndSet(false)) {
                throw new IllegalStateException("for a test");
            }
        });
        sweep();
        assertThat(journal(broken, "reason")).contains("internal error");
        assertThat(table()).containsExactly("id00001|Leto|l|");
    }

    @Test
    void diedBetweenCommitAndRelease() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        intend(mutation);
        await(dead.accepted(mutation.id(), crm.apply(mutation), ApiTrace.NONE));
        database.sql("update penstock.mutation_journal set state = 'APPLIED'");
        sweep();
        assertThat(answers.held()).isEmpty();
        assertThat(crm.reads()).isEmpty();
    }

    @Test
    void localColumnsOfAnInsertAreNotForgotten() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        ObjectNode local = JournalJson.object().put("note", "Muad'Dib");
        await(dead.intend(new JournalEntry(mutation, List.of(local), "crm", "paul", "paul", Duration.ofMinutes(1))));
        crm.apply(mutation);
        sweep();
        assertThat(table()).containsExactly("id00001|Paul|p|Muad'Dib");
    }

    @Test
    void anUpdateIsReadBackAndCompared() throws Exception {
        crm.apply(Mutations.insert("Paul", "p"));
        store("id00001");
        Mutation mutation = Mutations.update("id00001", "Usul");
        intend(mutation);
        sweep();
        assertThat(states()).containsExactly("IN_DOUBT");
        assertThat(table()).containsExactly("id00001|Paul|p|");
        crm.apply(mutation);
        again();
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(table()).containsExactly("id00001|Usul|p|");
    }

    @Test
    void anUpdateThatNeverArrivedIsClosedOnceNothingCanBeUnderWay() throws Exception {
        crm.apply(Mutations.insert("Paul", "p"));
        store("id00001");
        crm.serverTimeout(Duration.ofHours(1));
        intend(Mutations.update("id00001", "Usul"));
        deadlinePasses();
        sweep();
        assertThat(states()).as("the API may take an hour over it").containsExactly("IN_DOUBT");
        crm.serverTimeout(Duration.ZERO);
        again();
        sweep();
        assertThat(states()).containsExactly("NOT_APPLIED");
        assertThat(table()).containsExactly("id00001|Paul|p|");
    }

    @Test
    void aDeleteIsReadBack() throws Exception {
        crm.apply(Mutations.insert("Paul", "p"));
        store("id00001");
        Mutation mutation = Mutations.delete("id00001");
        intend(mutation);
        crm.apply(mutation);
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(table()).isEmpty();
    }

    @Test
    void anAnswerFromBeforeALaterChangeDoesNotTakeTheRowBack() throws Exception {
        crm.apply(Mutations.insert("Paul", "p"));
        store("id00001");
        Mutation first = Mutations.update("id00001", "Usul");
        intend(first);
        await(dead.accepted(first.id(), crm.apply(first), ApiTrace.NONE));
        // Somebody changed it at the API since, and the poll has brought that already; the API counts in seconds.
        crm.apply(Mutations.update("id00001", "Muad'Dib"));
        store("id00001");
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(table()).containsExactly("id00001|Muad'Dib|p|");
        assertThat(crm.reads()).containsExactly("/read");
    }

    @Test
    void withoutACorrelationFieldItStaysInDoubtVisiblyAndEverMoreSlowly() throws Exception {
        mapping = FakeCrm.CONTACTS_WITHOUT_CORRELATION;
        Mutation mutation = new Mutation(
                UUID.randomUUID(),
                Operation.INSERT,
                mapping,
                List.of(new RowChange(0, null, Mutations.values("Paul", "p"))));
        intend(mutation);
        deadlinePasses();
        for (int i = 0; i < 3; i++) {
            sweep();
            again();
        }
        assertThat(database.query("select state, attempts, last_reason, hint from penstock.journal"))
                .singleElement()
                .asString()
                .contains("IN_DOUBT|3|crm.contacts has no correlation field", "cannot look for the row");
    }

    @Test
    void whileTheApiIsDownItIsInDoubtAndThenItIsNot() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        intend(mutation);
        crm.apply(mutation);
        crm.down(true);
        deadlinePasses();
        sweep();
        assertThat(states()).containsExactly("IN_DOUBT");
        assertThat(journal(mutation.id(), "reason, next_attempt_at > now()")).isEqualTo("crm is unavailable|t");
        crm.down(false);
        again();
        sweep();
        assertThat(table()).containsExactly("id00001|Paul|p|");
    }

    @Test
    void c06WhatPostgresRefusesIsParkedAndStoredWhenThereIsRoom() throws Exception {
        database.sql("alter table crm.contacts add constraint short check (length(name) < 5)");
        try {
            Mutation mutation = Mutations.insert("Alia Atreides", "a");
            intend(mutation);
            await(dead.accepted(mutation.id(), crm.apply(mutation), ApiTrace.NONE));
            sweep();
            assertThat(states()).containsExactly("PARKED");
            assertThat(database.query("select sqlstate, ids, what_happened, hint from penstock.journal"))
                    .singleElement()
                    .asString()
                    .contains(
                            "23514|{id00001}", "refuses the row", "violates check constraint", "Change the constraint");
            again();
            sweep();
            assertThat(journal(mutation.id(), "state, attempt")).isEqualTo("PARKED|2");
        } finally {
            database.sql("alter table crm.contacts drop constraint short");
        }
        again();
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(table()).containsExactly("id00001|Alia Atreides|a|");
    }

    @Test
    void theLivingAreLeftAloneUntilTheirDeadline() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        intend(mutation);
        crm.apply(mutation);
        assertThat(recoverer(Set.of("successor", "dead")).sweep()).isZero();
        assertThat(states()).containsExactly("INTENT");
        deadlinePasses();
        assertThat(recoverer(Set.of("successor", "dead")).sweep()).isEqualTo(1);
        assertThat(states()).containsExactly("APPLIED");
    }

    @Test
    void whatAStatementOfThisVeryNodeHasLeftIsTakenUpAtOnce() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        await(successor.intend(Mutations.entry(mutation)));
        await(successor.accepted(mutation.id(), crm.apply(mutation), ApiTrace.NONE));
        sweep();
        assertThat(states()).as("it may still be storing it").containsExactly("INTENT");
        successor.left(mutation.id());
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(successor.left()).isEmpty();
    }

    @Test
    void theActorSweepsAtItsStartAndWhenAsked() throws Exception {
        Mutation first = Mutations.insert("Paul", "p");
        intend(first);
        crm.apply(first);
        ActorTestKit kit = ActorTestKit.create();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ActorRef<JournalRecovery.Command> actor = kit.spawn(JournalRecovery.create(
                    recoverer(Set.of("successor")),
                    new JournalRecovery.Schedule(Duration.ofMinutes(10), Duration.ofDays(7)),
                    threads));
            Awaitility.await().until(() -> states().equals(List.of("APPLIED")));
            Mutation second = Mutations.insert("Chani", "c");
            intend(second);
            crm.apply(second);
            actor.tell(new JournalRecovery.Sweep());
            Awaitility.await().until(() -> states().equals(List.of("APPLIED", "APPLIED")));
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    void aNodeThatSleptThroughItsDeadlineAndSentAllTheSameIsBelieved() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "p");
        intend(mutation);
        deadlinePasses();
        sweep();
        assertThat(states()).containsExactly("NOT_APPLIED");
        await(dead.accepted(mutation.id(), crm.apply(mutation), ApiTrace.NONE));
        sweep();
        assertThat(states()).containsExactly("APPLIED");
        assertThat(table()).containsExactly("id00001|Paul|p|");
    }

    @Test
    void ofTwoRecoveriesOneActs() throws Exception {
        List<Mutation> mutations = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Mutation mutation = Mutations.insert("n" + i, "e");
            mutations.add(mutation);
            intend(mutation);
            crm.apply(mutation);
        }
        int looked = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> sweeps = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                sweeps.add(threads.submit(() -> recoverer(Set.of("successor")).sweep()));
            }
            for (Future<Integer> sweep : sweeps) {
                looked += sweep.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(looked).isEqualTo(mutations.size());
        assertThat(states()).hasSize(mutations.size()).containsOnly("APPLIED");
        assertThat(table()).hasSize(mutations.size());
    }

    @Test
    void aRowThatAStatementHoldsComesLater() throws Exception {
        crm.apply(Mutations.insert("Paul", "p"));
        store("id00001");
        Mutation mutation = Mutations.update("id00001", "Usul");
        intend(mutation);
        crm.apply(mutation);
        try (Connection statement = database.connections().getConnection()) {
            SyncedRowStore.begin(statement, Duration.ofSeconds(1));
            SyncedRowStore.lock(statement, mapping, List.of("id00001"));
            sweep();
            assertThat(journal(mutation.id(), "state, reason"))
                    .contains("INTENT|")
                    .contains("55P03");
            statement.rollback();
            statement.setAutoCommit(true);
        }
        again();
        sweep();
        assertThat(states()).containsExactly("APPLIED");
    }

    @Test
    void aTableThatIsNoLongerConfiguredIsSaid() throws Exception {
        UUID id = intend(Mutations.insert("Paul", "p"));
        new Recoverer(successor, () -> Set.of("successor"), (_, _) -> Optional.empty()).sweep();
        assertThat(journal(id, "state, reason")).isEqualTo("INTENT|crm.contacts is not configured on this node");
    }

    private UUID intend(Mutation mutation) throws Exception {
        await(dead.intend(Mutations.entry(mutation, Duration.ofMinutes(1))));
        return mutation.id();
    }

    private void sweep() throws Exception {
        recoverer(Set.of("successor")).sweep();
    }

    private Recoverer recoverer(Set<String> live) {
        return new Recoverer(successor, () -> live, (_, _) -> Optional.of(crm.table(mapping)));
    }

    /** Ten seconds ago, so that the margin is over too. */
    private static void deadlinePasses() throws SQLException {
        database.sql("update penstock.mutation_journal set deadline = now() - interval '10 seconds', next_attempt_at ="
                + " null");
    }

    private static void again() throws SQLException {
        database.sql("update penstock.mutation_journal set deadline = least(deadline, now() - interval '10 seconds'),"
                + " next_attempt_at = null");
    }

    /** As the poll does. */
    private void store(String key) throws SQLException {
        try (Connection connection = database.connections().getConnection()) {
            SyncedRowStore.begin(connection, Duration.ofSeconds(1));
            SyncedRowStore.store(connection, mapping, List.of(crm.rows().get(key)));
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private static List<String> states() throws SQLException {
        return database.query("select state from penstock.mutation_journal");
    }

    private static String journal(UUID id, String columns) throws SQLException {
        return database.query("select " + columns + " from penstock.mutation_journal where id = '" + id + "'")
                .getFirst();
    }

    private static List<String> table() throws SQLException {
        return database.query("select id, name, email, note from crm.contacts order by id");
    }

    private static void await(CompletionStage<?> stage) throws Exception {
        stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
