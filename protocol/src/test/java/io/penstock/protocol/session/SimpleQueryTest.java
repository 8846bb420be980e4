package io.penstock.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.Classified;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Mutations in simple queries: the rows of {@link SimpleQueryRun}'s table, and what the session remembers of PREPARE. */
class SimpleQueryTest {
    private static final String INSERT = "insert into synced values (1)";
    private static final String[] STEP_ANSWERED = {"1", "2", "n"};

    private final Peer peer = Peer.serving();

    @Test
    void aSingleMutationNeedsNothingOfTheServer() {
        peer.client("Q " + INSERT).expect("run " + INSERT);
        assertThat(peer.request().simpleQuery()).isTrue();
        peer.finished("T", "D 1", "C INSERT 0 1").expect("client T", "client D 1", "client C INSERT 0 1", "client Z I");
        peer.client("Q select 1").expect("server Q select 1");
    }

    @Test
    void itWaitsForWhatWasSentBefore() {
        peer.client("Q select 1", "Q " + INSERT).expect("server Q select 1", "server H");
        peer.server("C SELECT 1", "Z I").expect("client C SELECT 1", "client Z I", "run " + INSERT);
    }

    @Test
    void aFailureOutsideABlockIsToldAtOnce() {
        peer.client("Q " + INSERT, "Q select 1").take();
        peer.failed("E 23514").expect("client E 23514", "client Z I", "server Q select 1");
    }

    @Test
    void aFailureInABlockMakesTheBlockFail() {
        peer.client("Q begin").server("C BEGIN", "Z T").take();
        peer.client("Q " + INSERT, "Q select 1").take();
        peer.failed("E 23514")
                .expect(
                        "client E 23514",
                        "server E penstock: statement failed at the API",
                        "server S",
                        "server Q select 1");
        peer.server("E 34000", "Z E").expect("client Z E");
    }

    @Test
    void nothingRunsInAFailedBlock() {
        peer.client("Q begin").server("C BEGIN", "Z T").take();
        peer.client("Q bogus").server("E 42601", "Z E").take();
        peer.client("Q " + INSERT).expect("client E 25P02", "client Z E");
    }

    @Test
    void aDeclinedStatementIsRelayedAsItCame() {
        peer.client("Q /* mine */ " + INSERT + ";").expect("run /* mine */ " + INSERT);
        peer.event(new SessionEvent.MutationDeclined()).expect("server Q /* mine */ " + INSERT + ";");
        peer.server("C INSERT 0 1", "Z I").expect("client C INSERT 0 1", "client Z I");
    }

    @Test
    void severalStatementsAreOneImplicitTransaction() {
        peer.client("Q select 1; " + INSERT + "; select 2")
                .expect("server P :select 1", "server B :", "server D ", "server E ", "server H");
        peer.server("1", "2", "T", "D 1", "C SELECT 1")
                .expect(
                        "client T",
                        "client D 1",
                        "client C SELECT 1",
                        "server P penstock: transaction:BEGIN",
                        "server B penstock: transaction:penstock: transaction",
                        "server E penstock: transaction",
                        "server C penstock: transaction",
                        "server CS penstock: transaction",
                        "server H");
        peer.server("1", "2", "C BEGIN", "3", "3").expect("run " + INSERT);
        assertThat(peer.request().transactionStatus()).isEqualTo(TransactionStatus.IN_BLOCK);
        assertThat(peer.request().hiddenBlock()).isTrue();
        peer.finished("C INSERT 0 1")
                .expect(
                        "client C INSERT 0 1",
                        "server P :select 2",
                        "server B :",
                        "server D ",
                        "server E ",
                        "server H");
        peer.server("1", "2", "T", "D 2", "C SELECT 1")
                .expect(
                        "client T",
                        "client D 2",
                        "server CS ",
                        "server C ",
                        "server P penstock: transaction:COMMIT",
                        "server B penstock: transaction:penstock: transaction",
                        "server E penstock: transaction",
                        "server C penstock: transaction",
                        "server CS penstock: transaction",
                        "server S");
        peer.server("3", "3", "1", "2", "C COMMIT", "3", "3", "Z I").expect("client C SELECT 1", "client Z I");
    }

    @Test
    void mutationsAloneNeedNoBlock() {
        peer.client("Q " + INSERT + ";" + INSERT).expect("run " + INSERT);
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "run " + INSERT);
        assertThat(peer.request().hiddenBlock()).isFalse();
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "client Z I");
    }

    @Test
    void anErrorStopsTheRest() {
        peer.client("Q select bogus; " + INSERT).take();
        peer.server("E 42703")
                .expect("client E 42703", "server S")
                .server("Z I")
                .expect("client Z I");
    }

    @Test
    void aFailedMutationStopsTheRest() {
        peer.client("Q " + INSERT + "; select 1").take();
        peer.failed("E 23514").expect("client E 23514", "client Z I");
    }

    @Test
    void beginAndCommitInsideAreTheClients() {
        peer.client("Q begin; " + INSERT + "; commit").take();
        peer.server(STEP_ANSWERED).server("C BEGIN").expect("client C BEGIN", "run " + INSERT);
        assertThat(peer.request().transactionStatus()).isEqualTo(TransactionStatus.IN_BLOCK);
        assertThat(peer.request().hiddenBlock()).isFalse();
        peer.finished("C INSERT 0 1").take();
        peer.server(STEP_ANSWERED).server("C COMMIT").expect("server CS ", "server S");
        peer.server("3", "Z I").expect("client C COMMIT", "client Z I");
    }

    @Test
    void aBlockThatIsLeftOpenIsTold() {
        peer.client("Q " + INSERT + "; begin").finished("C INSERT 0 1").take();
        peer.server(STEP_ANSWERED).server("C BEGIN").expect("server CS ", "server C ", "server S");
        peer.server("3", "3", "Z T").expect("client C BEGIN", "client Z T");
    }

    @Test
    void theClientsOwnBeginInAHiddenBlockIsNoSurpriseToIt() {
        peer.client("Q select 1; " + INSERT + "; begin").take();
        peer.server(STEP_ANSWERED).server("C SELECT 1", "1", "2", "C BEGIN", "3", "3");
        peer.finished("C INSERT 0 1").take();
        peer.server("1", "2", "n", "N 25001", "C BEGIN").expect("server CS ", "server C ", "server S");
        peer.server("3", "3", "Z T").expect("client C BEGIN", "client Z T");
    }

    @Test
    void theClientsOwnRollbackEndsAHiddenBlockWithTheWarningThatPostgresGives() {
        peer.client("Q select 1; " + INSERT + "; rollback").take();
        peer.server(STEP_ANSWERED).server("C SELECT 1", "1", "2", "C BEGIN", "3", "3");
        peer.finished("C INSERT 0 1").take();
        peer.server(STEP_ANSWERED).server("C ROLLBACK").expect("client N 25P01", "server CS ", "server S");
        peer.server("3", "Z I").expect("client C ROLLBACK", "client Z I");
    }

    @Test
    void aParameterThatTheEndOfTheTransactionChangesIsToldBehindTheLastCompletion() {
        peer.client("Q " + INSERT + "; rollback").finished("C INSERT 0 1").take();
        peer.server(STEP_ANSWERED).server("C ROLLBACK").take();
        peer.server("3", "S TimeZone=UTC", "Z I").expect("client C ROLLBACK", "client S TimeZone=UTC", "client Z I");
    }

    @Test
    void aCommitThatFailsStandsInThePlaceOfTheLastCompletion() {
        peer.client("Q " + INSERT + "; insert into log values (1)")
                .finished("C INSERT 0 1")
                .take();
        peer.server(STEP_ANSWERED).server("C INSERT 0 1").expect("server CS ", "server C ", "server S");
        peer.server("3", "3", "E 23505", "Z I").expect("client E 23505", "client Z I");
    }

    @Test
    void rollbackInFrontOfAMutationBringsAFailedBlockBack() {
        peer.client("Q begin")
                .server("C BEGIN", "Z T")
                .client("Q bogus")
                .server("E 42601", "Z E")
                .take();
        peer.client("Q rollback; " + INSERT).take();
        peer.server(STEP_ANSWERED).server("C ROLLBACK").expect("client C ROLLBACK", "run " + INSERT);
        assertThat(peer.request().transactionStatus()).isEqualTo(TransactionStatus.IDLE);
    }

    @Test
    void copyInsideIsFedByTheClient() {
        peer.client("Q copy t from stdin; " + INSERT).take();
        peer.server("1", "2", "n", "G").expect("client G");
        peer.client("d 1", "c").expect("server d 1", "server c", "server H");
        peer.server("C COPY 1").take();
        peer.server("1", "2", "C BEGIN", "3", "3").expect("run " + INSERT);
    }

    @Test
    void thePreparedStatementWithoutANameIsForgotten() {
        peer.client("P :select 1", "S").server("1", "Z I").take();
        peer.client("Q " + INSERT).expect("server CS ", "run " + INSERT);
        peer.server("3").expect();
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "client Z I");
    }

    @Test
    void executeOfWhatSqlPreparedRuns() {
        peer.client("Q prepare p (int) as insert into synced values ($1)")
                .server("C PREPARE", "Z I")
                .take();
        peer.client("Q execute p (1)").expect("run execute p (1)");
        KnownStatement prepared = Objects.requireNonNull(peer.request().prepared());
        assertThat(prepared.sql()).isEqualTo("insert into synced values ($1)");
        assertThat(prepared.prepareSql()).isEqualTo("prepare p (int) as insert into synced values ($1)");
        peer.finished("C INSERT 0 1").take();
        peer.client("Q deallocate p").server("C DEALLOCATE", "Z I").take();
        peer.client("Q execute p (1)").expect("server Q execute p (1)");
    }

    @Test
    void aPrepareThatFailedLeavesNothing() {
        peer.client("Q prepare p as insert into synced values (1)")
                .server("E 42601", "Z I")
                .take();
        peer.client("Q execute p").expect("server Q execute p");
    }

    @Test
    void executeInTheSameStringAsItsPrepareRuns() {
        peer.client("Q prepare p as " + INSERT + "; execute p").take();
        peer.server(STEP_ANSWERED).server("C PREPARE").take();
        peer.server("1", "2", "C BEGIN", "3", "3").expect("run execute p");
    }

    @Test
    void executeOfWhatTheProtocolPreparedRuns() {
        peer.client("P p:" + INSERT, "S").server("1", "Z I").take();
        peer.client("Q execute p").expect("run execute p");
        assertThat(Objects.requireNonNull(peer.request().prepared()).classified())
                .isInstanceOf(Classified.Mutation.class);
    }

    @Test
    void bindOfWhatSqlPreparedRuns() {
        peer.client("Q prepare p as " + INSERT).server("C PREPARE", "Z I").take();
        peer.client("B :p", "E ", "S").server("2").expect("server B :p", "server H", "client 2", "run " + INSERT);
    }

    @Test
    void deallocateAllAndDiscardAllForget() {
        for (String forget : new String[] {"deallocate all", "discard all"}) {
            peer.client("P p:" + INSERT, "S").server("1", "Z I").take();
            peer.client("Q " + forget).server("C DONE", "Z I").take();
            peer.client("B :p", "E ").expect("server B :p", "server E ");
            peer.client("S").server("E 26000", "Z I").take();
        }
    }

    @Test
    void dryRunTravelsWithTheMutation() {
        peer.client("Q set penstock.dry_run = on").expect("server Q set penstock.dry_run = on");
        peer.server("C SET", "Z I").take();
        peer.client("Q " + INSERT);
        assertThat(peer.request().dryRun()).isTrue();
    }

    @Test
    void dryRunIsTakenBackWithItsTransaction() {
        peer.client("Q begin; set penstock.dry_run = on")
                .server("C BEGIN", "C SET", "Z T")
                .take();
        peer.client("Q rollback").server("C ROLLBACK", "Z I").take();
        peer.client("Q " + INSERT);
        assertThat(peer.request().dryRun()).isFalse();
    }

    @Test
    void dryRunOfOneTransactionEndsWithIt() {
        peer.client("Q begin; set local penstock.dry_run = on")
                .server("C BEGIN", "C SET", "Z T")
                .take();
        peer.client("Q " + INSERT);
        assertThat(peer.request().dryRun()).isTrue();
        peer.finished("C INSERT 0 1")
                .client("Q commit")
                .server("C COMMIT", "Z I")
                .take();
        peer.client("Q " + INSERT);
        assertThat(peer.request().dryRun()).isFalse();
    }

    @Test
    void inDoubtAfterRollbackToDryRunIsOn() {
        peer.client("Q set penstock.dry_run = on")
                .server("C SET", "Z I")
                .client("Q begin")
                .server("C BEGIN", "Z T");
        peer.client("Q set penstock.dry_run = off").server("C SET", "Z T").take();
        peer.client("Q rollback to a").server("C ROLLBACK", "Z T").take();
        peer.client("Q " + INSERT);
        assertThat(peer.request().dryRun()).isTrue();
    }

    @Test
    void dryRunIsShownByTheSession() {
        peer.client("Q show penstock.dry_run").expect("client T", "client D off", "client C SHOW", "client Z I");
    }

    @Test
    void refusedStatementsOfABareNameAreLookedAt() {
        peer.client("Q truncate synced").expect("run truncate synced");
        peer.event(new SessionEvent.MutationDeclined()).expect("server Q truncate synced");
        peer.server("C TRUNCATE TABLE", "Z I").take();
        peer.client("Q truncate salesforce.synced").expect("client E 0A000", "client Z I");
    }

    @Test
    void malformedQueriesAreRefusedInTheirPlace() {
        peer.client("Q select 1").take();
        peer.client(new FrontendMessage.Query("select \ud800")).take(); // what no UTF-8 text holds
        peer.server("C SELECT 1", "Z I").take();
        peer.client("Q select 2").take();
    }
}
