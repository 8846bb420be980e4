package io.penstock.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.Classified;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mutations in the extended protocol: the rows of {@link HeldExecute}'s table. */
class MutationTest {
    private static final String INSERT = "insert into synced values (1)";
    private static final String RETURNING = "insert into synced values (1) returning id";

    private final Peer peer = Peer.serving();

    @Test
    void executeIsHeldUntilEverythingBeforeHasBeenAnswered() {
        peer.client("P :" + INSERT, "B :", "D ", "E ", "S")
                .expect("server P :" + INSERT, "server B :", "server D ", "server H");
        peer.server("1", "2", "n").expect("client 1", "client 2", "client n", "run " + INSERT);
        assertThat(peer.request().statement()).isInstanceOf(Classified.Mutation.class);
        assertThat(peer.request().transactionStatus()).isEqualTo(TransactionStatus.IDLE);
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "server S");
        peer.server("Z I").expect("client Z I");
    }

    @Test
    void whenNothingIsOutstandingItRunsAtOnce() {
        peer.client("P s:" + INSERT, "S").server("1", "Z I").take();
        peer.client("B :s", "H").server("2").take();
        peer.client("E ").expect("run " + INSERT);
    }

    @Test
    void anErrorBeforeItSkipsIt() {
        peer.client("P :" + INSERT, "B :", "E ", "S").take();
        peer.server("1", "E 22P02").expect("client 1", "client E 22P02", "server S");
        peer.server("Z I").expect("client Z I");
    }

    @Test
    void theMutationHasTheServerConnectionToItself() {
        peer.client("P :" + INSERT, "B :", "E ", "S", "Q select 1")
                .server("1", "2")
                .take();
        peer.event(new SessionEvent.MutationSends(Notation.client("Q begin").bytes()))
                .expect("server Q begin");
        peer.server("N 00000", "C BEGIN", "S TimeZone=UTC", "A", "Z T")
                .expect("mutation N 00000", "mutation C BEGIN", "client S TimeZone=UTC", "client A", "mutation Z T");
        peer.event(new SessionEvent.MutationSends(Notation.client("Q rollback").bytes()))
                .server("C ROLLBACK", "Z I")
                .take();
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "server S", "server Q select 1");
        peer.server("Z I", "C SELECT 1", "Z I").expect("client Z I", "client C SELECT 1", "client Z I");
    }

    @Test
    void aFailureSkipsUntilSync() {
        peer.client("P :" + INSERT, "B :", "E ", "P :select 1", "B :", "E ", "S")
                .server("1", "2")
                .take();
        peer.failed("E 23514").expect("client E 23514", "server S");
        peer.server("Z I").expect("client Z I");
    }

    @Test
    void aFailureInABlockMakesTheBlockFail() {
        peer.client("Q begin").server("C BEGIN", "Z T").take();
        peer.client("P :" + INSERT, "B :", "E ", "S").server("1", "2").take();
        assertThat(peer.request().transactionStatus()).isEqualTo(TransactionStatus.IN_BLOCK);
        peer.failed("E 23514").expect("client E 23514", "server E penstock: statement failed at the API", "server S");
        peer.server("E 34000", "Z E").expect("client Z E");
    }

    @Test
    void aFailureThatTheServerKnowsNeedsNothingMore() {
        peer.client("Q begin").server("C BEGIN", "Z T").take();
        peer.client("P :" + INSERT, "B :", "E ", "S").server("1", "2").take();
        peer.failedAtServer("E 22012").expect("client E 22012", "server S");
        peer.server("Z E").expect("client Z E");
    }

    @Test
    void nothingRunsInAFailedBlock() {
        peer.client("P s:" + INSERT, "S").server("1", "Z I").take();
        peer.client("Q begin").server("C BEGIN", "Z T").take();
        peer.client("B p:s", "S").server("2", "Z T").take();
        peer.client("Q select 1/0").server("E 22012", "Z E").take();
        peer.client("E p", "S").expect("client E 25P02", "server S");
        peer.server("Z E").expect("client Z E");
    }

    @Test
    void aDeclinedStatementGoesToTheServer() {
        peer.client("P :" + INSERT, "B :", "E ", "S").server("1", "2").take();
        // What was asked to find out whose statement it is closed the portal: it is bound again, unseen by the client.
        peer.event(new SessionEvent.MutationDeclined()).expect("server C ", "server B :", "server E ", "server S");
        peer.server("3", "2", "C INSERT 0 1", "Z I").expect("client C INSERT 0 1", "client Z I");
    }

    @Test
    void aDeclinedStatementsNamedPortalIsNotInItsOwnWay() {
        peer.client("P :" + INSERT, "B p:", "E p", "S").server("1", "2").take();
        peer.event(new SessionEvent.MutationDeclined()).expect("server C p", "server B p:", "server E p", "server S");
        peer.server("3", "2", "C INSERT 0 1", "Z I").expect("client C INSERT 0 1", "client Z I");
    }

    @Test
    void aDeclinedStatementsPortalIsTheServersFromThenOn() {
        peer.client("P :" + RETURNING, "B :", "E /1", "E /1", "S")
                .server("1", "2")
                .take();
        peer.event(new SessionEvent.MutationDeclined()).take();
        peer.server("3", "2", "D 1", "s").expect("client D 1", "client s", "server E /1", "server S");
        peer.server("D 2", "s", "Z I").expect("client D 2", "client s", "client Z I");
    }

    @Test
    void aHiddenBlockAfterOneWhoseCommitFailedClosesWhatThatLeft() {
        String log = "insert into log values (1)";
        peer.client("P :" + log, "B :", "E ", "P :" + INSERT, "B :", "E ", "S").take();
        peer.server("1", "2", "C INSERT 0 1", "1", "2", "1", "2", "C BEGIN", "3", "3")
                .take();
        peer.finished("C INSERT 0 1").take();
        peer.server("1", "2", "E 23505", "Z I").take();
        peer.client("P :" + log, "B :", "E ", "P :" + INSERT, "B :", "E ", "S").take();
        peer.server("1", "2").take();
        peer.server("C INSERT 0 1", "1", "2")
                .expect(
                        "client C INSERT 0 1",
                        "client 1",
                        "client 2",
                        "server CS penstock: transaction",
                        "server P penstock: transaction:BEGIN",
                        "server B penstock: transaction:penstock: transaction",
                        "server E penstock: transaction",
                        "server C penstock: transaction",
                        "server CS penstock: transaction",
                        "server H");
        peer.server("3", "1", "2", "C BEGIN", "3", "3").expect("run " + INSERT);
    }

    @Test
    void aSimpleQueryForgetsTheUnnamedStatementInAFailedBlockToo() {
        peer.client("Q begin").server("C BEGIN", "Z T").take();
        peer.client("P :select 1", "S").server("1", "Z T").take();
        peer.client("Q select 1/0").server("E 22012", "Z E").take();
        peer.client("P :select 1", "S").server("1", "Z E").take();
        peer.client("Q " + INSERT).expect("client E 25P02", "server CS ", "server S");
        peer.server("3", "Z E").expect("client Z E");
    }

    @Test
    void anotherStatementsExecuteBehindItsNameIsRelayed() {
        // The second Parse fails, so that p is the mutation still: which of the two it is cannot be known when Execute
        // arrives.
        peer.client("P p:select 1", "S", "P p:" + INSERT, "S", "B :p", "E ", "S")
                .take();
        peer.server("1", "Z I", "E 42P05", "Z I", "2")
                .expect("client 1", "client Z I", "client E 42P05", "client Z I", "client 2", "server E ", "server S");
    }

    @Test
    void aMutationBehindAFailedParseOfItsNameIsNotMissed() {
        peer.client("P p:" + INSERT, "S").server("1", "Z I").take();
        peer.client("P p:select 1", "S", "B :p", "E ", "S").take();
        peer.server("E 42P05", "Z I", "2").expect("client E 42P05", "client Z I", "client 2", "run " + INSERT);
    }

    @Test
    void aRowLimitGivesPortions() {
        peer.client("P :" + RETURNING, "B :", "E /2", "E /2", "E /2", "E ", "S")
                .server("1", "2")
                .take();
        peer.finished("D 1", "D 2", "D 3", "C INSERT 0 3")
                .expect(
                        "client D 1",
                        "client D 2",
                        "client s",
                        "client D 3",
                        "client C INSERT 0 1",
                        "client C INSERT 0 0",
                        "client C INSERT 0 0",
                        "server S");
    }

    @Test
    void aRowLimitThatIsJustReachedSuspends() {
        peer.client("P :" + RETURNING, "B :", "E /2", "E /2", "S")
                .server("1", "2")
                .take();
        peer.finished("D 1", "D 2", "C INSERT 0 2")
                .expect("client D 1", "client D 2", "client s", "client C INSERT 0 0", "server S");
    }

    @Test
    void withoutRowsTheLimitMeansNothingAndThePortalRunsOnce() {
        peer.client("P :" + INSERT, "B :", "E /2", "E ", "S").server("1", "2").take();
        peer.finished("C INSERT 0 4").expect("client C INSERT 0 4", "client E 55000", "server S");
    }

    @Test
    void rowsKeptAreReleasedWithTheirTransaction() {
        peer.client("P :" + RETURNING, "B :", "E /1", "S").server("1", "2").take();
        Frame kept = Notation.server("D 2");
        peer.event(new SessionEvent.MutationFinished(
                List.of(Notation.server("D 1"), kept, Notation.server("C INSERT 0 2")), false, false));
        assertThat(kept.bytes().refCnt()).isEqualTo(1);
        peer.server("Z I");
        assertThat(kept.bytes().refCnt()).isZero();
    }

    @Test
    void aBatchOfMutationsRunsOneByOne() {
        peer.client("P s:" + INSERT, "B :s", "E ", "B :s", "E ", "S")
                .server("1", "2")
                .take();
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "server B :s", "server H");
        peer.server("2").expect("client 2", "run " + INSERT);
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "server S");
    }

    @Test
    void anImplicitTransactionThatIsNotEmptyBecomesABlock() {
        peer.client("P :insert into log values (1)", "B :", "E ", "P :" + INSERT, "B :", "E ", "S")
                .take();
        peer.server("1", "2", "C INSERT 0 1", "1", "2").take();
        // BEGIN under a name of the session's own, because the client's unnamed statement is in use.
        peer.server("1", "2", "C BEGIN", "3", "3").expect("run " + INSERT);
        assertThat(peer.request().transactionStatus()).isEqualTo(TransactionStatus.IN_BLOCK);
        assertThat(peer.request().hiddenBlock()).isTrue();
        peer.finished("C INSERT 0 1")
                .expect(
                        "client C INSERT 0 1",
                        "server P penstock: transaction:COMMIT",
                        "server B penstock: transaction:penstock: transaction",
                        "server E penstock: transaction",
                        "server C penstock: transaction",
                        "server CS penstock: transaction",
                        "server S");
        peer.client("Q select 1").expect();
        peer.server("1", "2", "C COMMIT", "3", "3", "Z I").expect("client Z I", "server Q select 1");
    }

    @Test
    void aHiddenBlockThatFailsIsRolledBackBeforeTheClientHearsOfReady() {
        peer.client("P :insert into log values (1)", "B :", "E ", "P :" + INSERT, "B :", "E ", "S")
                .take();
        peer.server("1", "2", "C INSERT 0 1", "1", "2", "1", "2", "C BEGIN", "3", "3")
                .take();
        peer.failed("E 23514").expect("client E 23514", "server E penstock: statement failed at the API", "server S");
        peer.server("E 34000", "Z E")
                .expect(
                        "server P penstock: transaction:ROLLBACK",
                        "server B penstock: transaction:penstock: transaction",
                        "server E penstock: transaction",
                        "server C penstock: transaction",
                        "server CS penstock: transaction",
                        "server S");
        peer.client("Q select 1").expect();
        peer.server("1", "2", "C ROLLBACK", "3", "3", "Z I").expect("client Z I", "server Q select 1");
    }

    @Test
    void aCommitOfAHiddenBlockThatFailsIsTheClientsError() {
        peer.client("P :insert into log values (1)", "B :", "E ", "P :" + INSERT, "B :", "E ", "S")
                .take();
        peer.server("1", "2", "C INSERT 0 1", "1", "2", "1", "2", "C BEGIN", "3", "3")
                .take();
        peer.finished("C INSERT 0 1").take();
        peer.server("1", "2", "E 23503", "Z I").expect("client E 23503", "client Z I");
    }

    @Test
    void theWarningOfACommitThatFindsTheHiddenBlockEndedByTheClientIsNotTheClients() {
        peer.client(
                        "P :insert into log values (1)",
                        "B :",
                        "E ",
                        "P :" + INSERT,
                        "B :",
                        "E ",
                        "P :rollback",
                        "B :",
                        "E ",
                        "S")
                .take();
        peer.server("1", "2", "C INSERT 0 1", "1", "2", "1", "2", "C BEGIN", "3", "3")
                .take();
        peer.finished("C INSERT 0 1").take();
        peer.server("1", "2").take();
        peer.server("C ROLLBACK").expect("client N 25P01", "client C ROLLBACK");
        peer.server("1", "2", "N 25P01", "C COMMIT", "3", "3", "Z I").expect("client Z I");
    }

    @Test
    void aStatementInABlockBegunInTheSamePipelineIsInTheBlock() {
        peer.client("P :begin", "B :", "E ", "P :" + INSERT, "B :", "E ", "S").take();
        peer.server("1", "2", "C BEGIN", "1", "2").take();
        assertThat(peer.request().transactionStatus()).isEqualTo(TransactionStatus.IN_BLOCK);
        assertThat(peer.request().hiddenBlock()).isFalse();
    }

    @Test
    void refusedStatementsFailAtExecute() {
        peer.client("P :truncate salesforce.synced", "B :", "E ", "S").server("1", "2");
        peer.expect(
                "server P :truncate salesforce.synced",
                "server B :",
                "server H",
                "client 1",
                "client 2",
                "client E 0A000",
                "server S");
    }

    @Test
    void inAnotherEncodingMutationsAreRefused() {
        peer.server("S client_encoding=SJIS").take();
        peer.client("P :" + INSERT, "B :", "E ", "S")
                .server("1", "2")
                .expect(
                        "server P :" + INSERT,
                        "server B :",
                        "server H",
                        "client 1",
                        "client 2",
                        "client E 0A000",
                        "server S");
    }

    @Test
    void theClientIsPausedWhileTooMuchWaits() {
        peer.client("P :" + INSERT, "B :", "E ").server("1", "2").take();
        peer.client("Q " + "x".repeat(70_000)).expect("pause");
        peer.finished("C INSERT 0 1");
        assertThat(peer.take()).contains("client C INSERT 0 1", "resume");
    }

    @Test
    void cancelGoesWhereTheWorkIs() {
        peer.event(new SessionEvent.CancelRequested()).expect();
        peer.client("Q select pg_sleep(9)").take();
        peer.event(new SessionEvent.CancelRequested()).expect("cancel server");
        peer.server("E 57014", "Z I").take();
        peer.event(new SessionEvent.CancelDelivered()).expect();
        peer.client("P :" + INSERT, "B :", "E ").server("1", "2").take();
        peer.event(new SessionEvent.CancelRequested()).expect("cancel mutation");
    }

    @Test
    void aClientThatLeavesLetsItsMutationGoOn() {
        peer.client("P :" + INSERT, "B :", "E ", "S").server("1", "2").take();
        peer.event(new SessionEvent.ClientClosed()).expect("mutation orphaned");
        peer.event(new SessionEvent.MutationSends(Notation.client("Q begin").bytes()))
                .server("C BEGIN")
                .expect("server Q begin", "mutation C BEGIN");
        peer.finished("C INSERT 0 1").expect("server X", "close server", "close client");
    }

    @Test
    void aServerThatIsLostLetsTheMutationAnswerFirst() {
        peer.client("P :" + INSERT, "B :", "E ", "S").server("1", "2").take();
        peer.event(new SessionEvent.ServerClosed()).expect("server lost during mutation");
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "client EF 08006", "close server", "close client");
    }

    @Test
    void aFatalErrorThatAMutationHeardReachesTheClientAtTheEnd() {
        peer.client("P :" + INSERT, "B :", "E ", "S").server("1", "2").take();
        peer.server("EF 57P01")
                .event(new SessionEvent.ServerClosed())
                .expect("mutation EF 57P01", "server lost during mutation");
        peer.failed("E 40003").expect("client E 40003", "client EF 57P01", "close server", "close client");
    }
}
