package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.adapters.Mutation;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static JournalDatabase database;

    private AnswerKeeper answers;
    private MemoryDisk disk;
    private Journal journal;

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
        disk = new MemoryDisk();
        answers = AnswerKeeper.start(disk, 10_000, "test");
        journal = new Journal(database.connections(), answers, "node-1");
    }

    @AfterEach
    void close() {
        journal.close();
        answers.close();
    }

    @Test
    void anIntentIsCommittedWhenIntendReturns() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "paul@dune.co");
        await(journal.intend(Mutations.entry(mutation)));
        assertThat(database.query("select id, user_name, schema_name, table_name, operation, state, node, correlation,"
                        + " keys, rows -> 0 -> 'values' ->> 'email', deadline > now() + interval '4"
                        + " minutes' from penstock.mutation_journal"))
                .containsExactly(mutation.id() + "|paul|crm|contacts|INSERT|INTENT|node-1|" + mutation.id()
                        + "||paul@dune.co|t");
    }

    /** Hikari looks at a connection only if it has rested for half a second. */
    @Test
    void anIntentOutlivesTheEndOfItsConnections() throws Exception {
        List<CompletableFuture<Void>> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(journal.intend(Mutations.entry(Mutations.insert("Paul", "paul" + i + "@dune.co")))
                    .toCompletableFuture());
        }
        CompletableFuture.allOf(many.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        database.sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'penstock_writer'");
        Mutation mutation = Mutations.insert("Leto", "leto@dune.co");
        await(journal.intend(Mutations.entry(mutation)));
        assertThat(database.query("select state from penstock.mutation_journal where id = '" + mutation.id() + "'"))
                .containsExactly("INTENT");
    }

    /** Recovery would repeat an INSERT with a key of which the client was told that nothing was sent. */
    @Test
    void aNoteOutlivesTheEndOfItsConnections() throws Exception {
        List<Mutation> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Mutation mutation = Mutations.insert("Paul", "note" + i + "@dune.co");
            await(journal.intend(Mutations.entry(mutation)));
            many.add(mutation);
        }
        database.sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'penstock_writer'");
        for (Mutation mutation : many) {
            await(journal.notApplied(mutation.id(), ErrorCode.CANCELED.error(), ApiTrace.NONE));
        }
        assertThat(database.query("select distinct state from penstock.mutation_journal"))
                .containsExactly("NOT_APPLIED");
    }

    /** The client was told that nothing was applied, while recovery of another node was about to send it. */
    @Test
    void aNoteThatComesTooLateSaysSo() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "late@dune.co");
        await(journal.intend(Mutations.entry(mutation)));
        database.sql("update penstock.mutation_journal set state = 'APPLIED'");

        assertThat(journal.notApplied(mutation.id(), ErrorCode.CANCELED.error(), ApiTrace.NONE)
                        .toCompletableFuture())
                .failsWithin(10, TimeUnit.SECONDS);
        assertThat(journal.rejected(mutation.id(), ErrorCode.CANCELED.error(), ApiTrace.NONE)
                        .toCompletableFuture())
                .failsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void theConnectionsWaitForTheDiskWhateverTheServerIsSetTo() throws Exception {
        database.sql("alter role penstock_writer set synchronous_commit = off");
        try (HikariDataSource fresh =
                        JournalConnections.open(database.connections().getJdbcUrl(), "penstock_writer", null, 1);
                Connection connection = fresh.getConnection()) {
            assertThat(JournalDatabase.query(connection, "show synchronous_commit"))
                    .containsExactly("on");
        } finally {
            database.sql("alter role penstock_writer reset synchronous_commit");
        }
    }

    @Test
    void manyIntentsAtOnceAllArrive() throws Exception {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(journal.intend(Mutations.entry(Mutations.insert("n" + i, "e")))
                    .toCompletableFuture());
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        assertThat(database.query("select count(*) from penstock.mutation_journal where state = 'INTENT'"))
                .containsExactly("500");
    }

    @Test
    void oneIntentThatPostgresCannotTakeDoesNotFailItsNeighbours() throws Exception {
        List<CompletionStage<?>> good = new ArrayList<>();
        List<CompletionStage<?>> bad = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            good.add(journal.intend(Mutations.entry(Mutations.insert("good", "e"))));
            // jsonb has no NUL.
            bad.add(journal.intend(Mutations.entry(Mutations.insert("a\0b", "e"))));
        }
        for (CompletionStage<?> one : good) {
            await(one);
        }
        for (CompletionStage<?> one : bad) {
            assertThat(refusal(one).sqlState()).isEqualTo("53100");
        }
    }

    @Test
    void c09WhereTheJournalCannotBeWrittenNothingMayBeSent() throws Exception {
        database.sql(
                "create function penstock.full() returns trigger language plpgsql as $$ begin raise exception using"
                        + " errcode = '53100', message = 'could not extend file'; end $$; create trigger disk_full before"
                        + " insert on penstock.mutation_journal execute function penstock.full()");
        try {
            PgError error = refusal(journal.intend(Mutations.entry(Mutations.insert("Paul", "e"))));
            assertThat(error.sqlState()).isEqualTo("53100");
            assertThat(error.detail()).isEqualTo("Postgres says: could not extend file.");
            assertThat(error.hint()).contains("Nothing was sent");
        } finally {
            database.sql("drop function penstock.full() cascade");
        }
        await(journal.intend(Mutations.entry(Mutations.insert("Paul", "e"))));
    }

    @Test
    void whereTooManyAnswersWaitNothingMayBeSent() throws Exception {
        Mutation mutation = Mutations.insert("x".repeat(20_000), "e");
        await(journal.intend(Mutations.entry(mutation)));
        await(journal.accepted(mutation.id(), new FakeCrm().apply(mutation), ApiTrace.NONE));
        assertThat(refusal(journal.intend(Mutations.entry(Mutations.insert("Paul", "e"))))
                        .sqlState())
                .isEqualTo("53100");
        await(journal.applied(mutation.id()));
        await(journal.intend(Mutations.entry(Mutations.insert("Paul", "e"))));
    }

    @Test
    void aRowWhoseLastChangeIsInDoubtIsNotChangedAgain() throws Exception {
        Mutation first = Mutations.update("id1", "Paul");
        await(journal.intend(Mutations.entry(first)));
        // Another statement on the row cannot be that far: it waits for the row's lock. But a node that died leaves no
        // lock.
        await(journal.inDoubt(first.id(), "connection reset", new ApiTrace(null, null)));
        PgError error = refusal(journal.intend(Mutations.entry(Mutations.update("id1", "Chani"))));
        assertThat(error.sqlState()).isEqualTo("55000");
        assertThat(error.hint()).contains(first.id().toString());
        await(journal.intend(Mutations.entry(Mutations.update("id2", "Chani"))));
    }

    @Test
    void aRowWhoseLastChangeHasJustEndedWaitsForItsLastWord() throws Exception {
        Mutation first = Mutations.update("id1", "Paul");
        await(journal.intend(Mutations.entry(first)));
        CompletionStage<?> second = journal.intend(Mutations.entry(Mutations.update("id1", "Chani")));
        await(journal.rejected(first.id(), ErrorCode.API_VALIDATION.error("crm"), ApiTrace.NONE));
        await(second);
    }

    @Test
    void theEndsOfAStatement() throws Exception {
        UUID rejected = intended();
        UUID notApplied = intended();
        UUID inDoubt = intended();
        UUID parked = intended();
        PgError error = ErrorCode.API_VALIDATION.error("crm").withDetail("Key (email)=(x) is not valid.");
        await(journal.rejected(rejected, error, new ApiTrace(400, "r-1")));
        await(journal.notApplied(notApplied, ErrorCode.API_UNREACHABLE.error("crm"), ApiTrace.NONE));
        await(journal.inDoubt(inDoubt, "connection reset", ApiTrace.NONE));
        await(journal.parked(
                parked,
                new Answer(List.of(
                        new AnswerRow.Present(0, "id7", JournalJson.object().put("id", "id7")))),
                PgError.of(Severity.ERROR, "23514", "violates check"),
                new ApiTrace(200, "r-2")));
        assertThat(database.query("select state, http_status, api_request_id, error ->> 'sqlState', reason, keys from"
                        + " penstock.mutation_journal order by created_at"))
                .containsExactly(
                        "REJECTED|400|r-1|23514||",
                        "NOT_APPLIED|||HV00N|could not connect to crm|",
                        "IN_DOUBT||||connection reset|",
                        "PARKED|200|r-2|23514||{id7}");
        // What has ended does not move any more.
        await(journal.inDoubt(rejected, "late", ApiTrace.NONE));
        assertThat(database.query("select state from penstock.mutation_journal where id = '" + rejected + "'"))
                .containsExactly("REJECTED");
    }

    @Test
    void anAnswerSurvivesOnDiskUntilItsRowIsCommitted() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "paul@dune.co");
        await(journal.intend(Mutations.entry(mutation)));
        Answer answer = new FakeCrm().apply(mutation);
        await(journal.accepted(mutation.id(), answer, new ApiTrace(200, null)));
        try (AnswerKeeper next = AnswerKeeper.start(disk.afterPowerLoss(0), 10_000, "next")) {
            assertThat(JournalJson.answer(
                            JournalJson.parse(next.held().getFirst().answer())))
                    .isEqualTo(answer);
        }
        try (Connection writer = database.connections().getConnection();
                PreparedStatement mark = writer.prepareStatement(jdbc(MarkApplied.SQL))) {
            SyncedRowStore.begin(writer, Duration.ofSeconds(1));
            mark(mark, mutation.id(), answer.keys());
            writer.commit();
            // Once more: recovery would have been faster.
            assertThatThrownBy(() -> mark(mark, mutation.id(), answer.keys()))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo(MarkApplied.FINISHED_ALREADY));
            writer.rollback();
            writer.setAutoCommit(true);
        }
        await(journal.applied(mutation.id()));
        assertThat(answers.held()).isEmpty();
        assertThat(database.query("select state, keys, http_status, api_request_id from penstock.mutation_journal"))
                .containsExactly("APPLIED|{id00001}|200|r-9");
    }

    @Test
    void anAnswerInHandClosesAnEntryFromTheStatesOfTheMachineAndNoOther() throws Exception {
        for (JournalState state : JournalState.values()) {
            UUID id = intended();
            database.sql("update penstock.mutation_journal set state = '" + state + "' where id = '" + id + "'");
            try (Connection writer = database.connections().getConnection();
                    PreparedStatement mark = writer.prepareStatement(jdbc(MarkApplied.SQL))) {
                if (JournalMachine.storable().contains(state)) {
                    mark(mark, id, List.of());
                } else {
                    assertThatThrownBy(() -> mark(mark, id, List.of())).hasMessageContaining("finished by recovery");
                }
            }
        }
    }

    @Test
    void whereTheNodesDiskFailsPostgresKeepsTheAnswer() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "paul@dune.co");
        await(journal.intend(Mutations.entry(mutation)));
        disk.failForce(true);
        await(journal.accepted(mutation.id(), new FakeCrm().apply(mutation), ApiTrace.NONE));
        assertThat(database.query("select state, keys, answer -> 0 -> 'row' ->> 'name' from penstock.mutation_journal"))
                .containsExactly("ACCEPTED|{id00001}|Paul");
    }

    @Test
    void aPersonSeesTheirOwnMutationsAndAnObserverAll() throws Exception {
        await(journal.intend(Mutations.entry(Mutations.insert("Paul", "paul@dune.co"))));
        database.sql("create role chani; create role observer; grant penstock_observer to observer");
        try (Connection connection = database.superuser();
                Statement statement = connection.createStatement()) {
            String look = "select statement, what_happened, rows from penstock.journal";
            assertThat(JournalDatabase.query(connection, look))
                    .containsExactly("INSERT crm.contacts|is on its way to crm|1");
            statement.execute("set role chani");
            assertThat(JournalDatabase.query(connection, look)).isEmpty();
            assertThatThrownBy(() -> JournalDatabase.query(connection, "select * from penstock.mutation_journal"))
                    .hasMessageContaining("permission denied");
            statement.execute("set role observer");
            assertThat(JournalDatabase.query(connection, look)).hasSize(1);
        }
    }

    @Test
    void finishedEntriesArePrunedAndOpenOnesNever() throws Exception {
        UUID done = intended();
        UUID open = intended();
        await(journal.rejected(done, ErrorCode.API_VALIDATION.error("crm"), ApiTrace.NONE));
        database.sql("update penstock.mutation_journal set created_at = now() - interval '30 days'");
        try (Connection connection = database.connections().getConnection()) {
            assertThat(JournalStore.prune(connection, Duration.ofDays(7), 100)).isEqualTo(1);
        }
        assertThat(database.query("select id from penstock.mutation_journal")).containsExactly(open.toString());
    }

    private UUID intended() throws Exception {
        Mutation mutation = Mutations.insert("Paul", "paul@dune.co");
        await(journal.intend(Mutations.entry(mutation)));
        return mutation.id();
    }

    private static void mark(PreparedStatement mark, UUID id, List<String> keys) throws SQLException {
        List<?> parameters = MarkApplied.parameters(id, keys, new ApiTrace(200, "r-9"));
        for (int i = 0; i < parameters.size(); i++) {
            mark.setString(i + 1, (String) parameters.get(i));
        }
        mark.execute();
    }

    private static String jdbc(String sql) {
        return sql.replaceAll("\\$\\d", "?");
    }

    private static PgError refusal(CompletionStage<?> stage) {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> await(stage));
        if (failure.getCause() instanceof JournalRefusal refusal) {
            return refusal.error();
        }
        throw new AssertionError("refused in an unforeseen way", failure);
    }

    private static void await(CompletionStage<?> stage) throws Exception {
        stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
