package io.penstock.protocol.pooling;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import io.penstock.protocol.message.TransactionStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each row of the table of {@link VirtualServer}. What leaves for a server is written by its type bytes, what the client gets likewise. */
class VirtualServerTest extends VirtualServerRig {
    @Test
    void aSyncWithoutAServerIsAnsweredHereAndAFlushNotAtAll() {
        client(SYNC, new FrontendMessage.Flush());

        assertThat(given()).isEqualTo("Z");
        assertThat(done()).isEmpty();
    }

    @Test
    void aMessageWaitsForAServerWhichIsLetGoAfterTheAnswer() {
        client(query("select 1"));
        client(query("select 2"));
        assertThat(done()).containsExactly("want");
        assertThat(sent()).isEmpty();

        virtual.attached(one);
        assertThat(sent()).isEqualTo("QQ");
        assertThat(server(complete("SELECT 1"), idle())).isEqualTo("CZ");
        assertThat(done()).isEmpty();
        assertThat(server(complete("SELECT 1"), idle())).isEqualTo("CZ");
        assertThat(done()).containsExactly("release");
    }

    @Test
    void aQueryInLineIsCanceled() {
        client(query("select 1"));
        assertThat(virtual.cancel()).isTrue();

        assertThat(given()).isEqualTo("EZ");
        assertThat(done()).containsExactly("want", "unwant");
    }

    @Test
    void anExtendedQueryInLineIsCanceledUpToItsSync() {
        client(parse("", "select 1"), bind(""), SYNC);
        assertThat(virtual.cancel()).isTrue();

        assertThat(given()).isEqualTo("EZ");
    }

    @Test
    void aTransactionKeepsItsServer() {
        client(query("begin"));
        virtual.attached(one);
        server(complete("BEGIN"), ready(TransactionStatus.IN_BLOCK));
        assertThat(done()).containsExactly("want");
        client(query("commit"));
        server(complete("COMMIT"), idle());

        assertThat(done()).containsExactly("release");
    }

    @Test
    void aSettingIsAskedForAndSetOnTheNextServer() {
        client(query("set work_mem = '7MB'"));
        virtual.attached(one);
        assertThat(server(complete("SET"), idle())).isEqualTo("CZ");
        assertThat(sent()).isEqualTo("QPBES");
        assertThat(done()).containsExactly("want");
        assertThat(server(row("7MB"), complete("SELECT 1"), idle())).isEmpty();
        assertThat(done()).containsExactly("release");

        client(query("select 1"));
        virtual.attached(one);
        assertThat(sent()).as("there it is set").isEqualTo("Q");
        server(complete("SELECT 1"), idle());
        client(query("select 1"));
        virtual.attached(other);
        assertThat(sent()).as("here it is not").isEqualTo("PBES");
        assertThat(server(row("7MB"), complete("SELECT 1"), idle())).isEmpty();
        assertThat(sent()).isEqualTo("Q");
    }

    @Test
    void aSettingThatCannotBeSetAgainEndsTheSession() {
        aSettingIsAskedForAndSetOnTheNextServer();
        server(complete("SELECT 1"), idle());
        done();
        client(query("select 1"));
        virtual.attached(fresh());
        server(error("42501"), idle());

        assertThat(done()).containsExactly("want", "fail 08006");
        assertThat(virtual.dirty()).isTrue();
    }

    @Test
    void whatCannotFollowKeepsTheServerUntilDiscardAll() {
        client(query("create temp table t (id int)"));
        virtual.attached(one);
        server(complete("CREATE TABLE"), idle());
        server(row("t"), complete("SELECT 1"), idle());
        assertThat(done()).containsExactly("want", "stays TEMPORARY_OBJECT");
        client(query("discard all"));
        server(complete("DISCARD ALL"), idle());

        assertThat(done()).containsExactly("release");
    }

    @Test
    void whenItMayBeGonePostgresIsAsked() {
        client(query("create temp table t (id int)"));
        virtual.attached(one);
        assertThat(server(complete("CREATE TABLE"), idle())).isEqualTo("CZ");
        assertThat(sent()).as("it may have been rolled back").isEqualTo("QQ");
        assertThat(server(row("t"), complete("SELECT 1"), idle())).isEmpty();
        client(query("select 1"));
        server(complete("SELECT 1"), idle());
        assertThat(sent()).as("there is no reason to ask").isEqualTo("Q");
        client(query("drop table t"));
        server(complete("DROP TABLE"), idle());
        assertThat(sent()).isEqualTo("QQ");
        assertThat(done()).containsExactly("want", "stays TEMPORARY_OBJECT");
        server(row("f"), complete("SELECT 1"), idle());

        assertThat(done()).containsExactly("release");
    }

    @Test
    void whatIsSentMeanwhileMayStayAgain() {
        client(query("select pg_try_advisory_lock(1)"));
        virtual.attached(one);
        server(complete("SELECT 1"), idle());
        client(query("select pg_try_advisory_lock(1)"));
        server(row("f"), complete("SELECT 1"), idle());
        assertThat(done()).containsExactly("want", "stays ADVISORY_LOCK");
        server(complete("SELECT 1"), idle());
        server(row("t"), complete("SELECT 1"), idle());

        assertThat(done()).isEmpty();
    }

    @Test
    void whatPostgresDoesNotTellOfStays() {
        client(query("load 'x'; create temp table t (id int); drop table t"));
        virtual.attached(one);
        server(complete("LOAD"), complete("CREATE TABLE"), complete("DROP TABLE"), idle());

        assertThat(sent()).isEqualTo("Q");
        assertThat(done()).containsExactly("want", "stays LIBRARY");
    }

    @Test
    void anErrorIsNoAnswer() {
        client(query("close all; select pg_try_advisory_lock(1)"));
        virtual.attached(one);
        server(complete("CLOSE CURSOR ALL"), complete("SELECT 1"), idle());
        server(error("57014"), idle());

        assertThat(done()).containsExactly("want", "stays ADVISORY_LOCK");
    }

    @Test
    void aMutationHoldsTheServer() {
        virtual.held(true);
        client(query("select 1"));
        virtual.attached(one);
        server(complete("SELECT 1"), idle());
        assertThat(done()).containsExactly("want");
        virtual.held(false);

        assertThat(done()).containsExactly("release");
    }

    @Test
    void aStatementThatTheServerHasIsNotPreparedAgain() {
        client(parse("a", "select 1"), SYNC);
        virtual.attached(one);
        assertThat(sent()).isEqualTo("PS");
        assertThat(server(new BackendMessage.ParseComplete(), idle())).isEqualTo("1Z");
        client(parse("b", "select 1"), SYNC);
        virtual.attached(one);
        assertThat(sent()).isEqualTo("S");
        assertThat(given()).isEqualTo("1");
        assertThat(server(idle())).isEqualTo("Z");
    }

    /** asyncpg parsed anew behind an ALTER, and was given what the server had prepared before it: 0A000, or types that are gone. */
    @Test
    void behindDdlAParseIsANewOneAndWhoHasParsedBeforeKeepsTheOld() {
        client(parse("a", "select v from t"), SYNC);
        virtual.attached(one);
        server(new BackendMessage.ParseComplete(), idle());
        client(query("alter table t alter v type text"));
        virtual.attached(one);
        server(complete("ALTER TABLE"), idle());
        sent();

        client(parse("b", "select v from t"), SYNC);
        virtual.attached(one);
        assertThat(sent()).isEqualTo("PS");
        server(new BackendMessage.ParseComplete(), idle());
        client(parse("c", "select v from t"), SYNC);
        virtual.attached(one);
        assertThat(sent()).as("nothing has changed since").isEqualTo("S");
        server(idle());
        client(bind("a"), SYNC);
        virtual.attached(one);
        assertThat(sent()).as("the old one, which Postgres refuses").isEqualTo("BS");
    }

    @Test
    void whereATypeIsGoneTheNextParseIsANewOne() {
        client(parse("a", "select v from t"), SYNC);
        virtual.attached(one);
        server(new BackendMessage.ParseComplete(), idle());
        client(bind("a"), SYNC);
        virtual.attached(one);
        server(error("XX000"), idle());
        sent();

        client(parse("b", "select v from t"), SYNC);
        virtual.attached(one);
        assertThat(sent()).as("what has failed is closed").isEqualTo("CPS");
    }

    @Test
    void aStatementThatTheServerHasNotIsPreparedFirst() {
        client(parse("a", "select 1"), SYNC);
        virtual.attached(one);
        server(new BackendMessage.ParseComplete(), idle());
        sent();
        client(bind("a"), SYNC);
        virtual.attached(other);
        assertThat(sent()).isEqualTo("PBS");
        assertThat(server(new BackendMessage.ParseComplete(), new BackendMessage.BindComplete(), idle()))
                .isEqualTo("2Z");
    }

    @Test
    void aStatementOfSqlIsPreparedAgainWhereItIsExecuted() {
        client(query("prepare a as select 1"));
        virtual.attached(one);
        assertThat(server(complete("PREPARE"), idle())).isEqualTo("CZ");
        assertThat(sent()).isEqualTo("Q");
        assertThat(done()).containsExactly("want", "release");
        client(query("execute a"));
        virtual.attached(one);
        assertThat(sent()).as("it is there").isEqualTo("Q");
        server(complete("SELECT 1"), idle());
        client(query("execute a"));
        virtual.attached(other);
        assertThat(sent()).isEqualTo("PBECSQ");
        assertThat(server(
                        new BackendMessage.ParseComplete(),
                        new BackendMessage.BindComplete(),
                        complete("PREPARE"),
                        new BackendMessage.CloseComplete(),
                        idle()))
                .isEmpty();
        assertThat(server(complete("SELECT 1"), idle())).isEqualTo("CZ");
    }

    @Test
    void whyItCannotBePreparedAgainIsToldInItsPlace() {
        client(query("prepare a as select 1"));
        virtual.attached(one);
        server(complete("PREPARE"), idle());
        client(query("execute a"));
        virtual.attached(other);

        assertThat(server(
                        new BackendMessage.ParseComplete(),
                        new BackendMessage.BindComplete(),
                        error("42P01"),
                        idle(),
                        error("26000"),
                        idle()))
                .isEqualTo("EZ");
    }

    @Test
    void whatTheServerSkipsBehindAnErrorWasNotPrepared() {
        client(bind("nothing"), parse("a", "select 1"), SYNC);
        virtual.attached(one);
        assertThat(server(error("26000"), idle())).isEqualTo("EZ");
        sent();
        client(bind("a"), SYNC);
        virtual.attached(one);

        assertThat(sent()).as("the name is not the client's").isEqualTo("BS");
        assertThat(one.preparedCount()).isZero();
    }

    @Test
    void aStatementWhoseResultHasChangedIsPreparedAnew() {
        client(parse("a", "select * from t"), bind("a"), SYNC);
        virtual.attached(one);
        server(new BackendMessage.ParseComplete(), error("0A000"), idle());
        sent();
        client(bind("a"), SYNC);
        virtual.attached(one);

        assertThat(sent()).as("the old one is closed").isEqualTo("CPBS");
    }

    @Test
    void nobodyRunsTheUnnamedStatementOfAnother() {
        one.unnamed(new Definition(NO_BYTES, List.of(), ParseContext.LOGIN, 0));
        client(bind(""), SYNC);
        virtual.attached(one);

        assertThat(sent()).isEqualTo("CBS");
        assertThat(server(new BackendMessage.CloseComplete(), error("26000"), idle()))
                .isEqualTo("EZ");
    }

    @Test
    void whatFollowsADeallocateWaitsForIt() {
        client(query("deallocate all"));
        client(bind("a"), SYNC);
        virtual.attached(one);
        assertThat(sent()).isEqualTo("Q");
        server(complete("DEALLOCATE ALL"), idle());

        assertThat(sent()).isEqualTo("BS");
    }

    /** A statement that was prepared behind DEALLOCATE ALL was forgotten by it. */
    @Test
    void whatFollowsADeallocateWaitsAlsoWhereAnEarlierAnswerComesFirst() {
        client(bind("x"), SYNC);
        virtual.attached(one);
        client(query("deallocate all"));
        client(parse("b", "select 2"), SYNC);
        assertThat(sent()).isEqualTo("BSQ");
        server(error("26000"), idle());
        assertThat(sent()).isEmpty();
        server(complete("DEALLOCATE ALL"), idle());

        assertThat(sent()).isEqualTo("PS");
    }

    /** The Close is skipped with its run, and then the name is still taken. */
    @Test
    void whatFollowsTheSyncOfARunThatClosesWaitsForItsAnswer() {
        client(parse("b", "select 2"), SYNC);
        virtual.attached(one);
        server(new BackendMessage.ParseComplete(), idle());
        sent();
        client(bind("x"), new FrontendMessage.Close(Target.STATEMENT, "b"), SYNC, parse("b", "select 3"), SYNC);
        virtual.attached(one);
        assertThat(sent()).isEqualTo("BS");
        server(error("26000"), idle());

        assertThat(sent()).isEqualTo("PS");
    }

    @Test
    void whatFollowsTheSyncOfARunThatPreparesNothingIsSentAtOnce() {
        client(parse("b", "select 2"), SYNC);
        virtual.attached(one);
        server(new BackendMessage.ParseComplete(), idle());
        sent();
        client(bind("b"), SYNC, bind("b"), SYNC);
        virtual.attached(one);

        assertThat(sent()).isEqualTo("BSBS");
    }

    /** Its portal was forgotten with the ReadyForQuery of the run before, and then nobody noted what the server had prepared. */
    @Test
    void aPrepareIsNotedAlsoWhereAnEarlierAnswerComesBetweenItsBindAndItsExecute() {
        client(bind("x"), SYNC);
        virtual.attached(one);
        client(parse("", "prepare b as select 2"), bind(""));
        sent();
        server(error("26000"), idle());
        client(new FrontendMessage.Execute("", 0), SYNC);
        server(
                new BackendMessage.ParseComplete(),
                new BackendMessage.ParseComplete(),
                new BackendMessage.BindComplete(),
                complete("PREPARE"),
                idle());
        sent();
        client(bind("b"), SYNC);
        virtual.attached(other);

        assertThat(sent()).as("it is prepared on the other server").isEqualTo("PBECBS");
    }

    @Test
    void theDataOfACopyBehindADeallocatePass() {
        client(query("deallocate x; copy t from stdin"));
        virtual.attached(one);
        client(new FrontendMessage.CopyData(NO_BYTES), new FrontendMessage.CopyDone());
        assertThat(sent()).isEqualTo("Q");
        server(complete("DEALLOCATE"), new BackendMessage.CopyInResponse((byte) 0, new short[0]));

        assertThat(sent()).isEqualTo("dc");
    }

    @Test
    void terminateEndsAfterTheAnswers() {
        client(query("select 1"), new FrontendMessage.Terminate());
        virtual.attached(one);
        assertThat(done()).containsExactly("want");
        server(complete("SELECT 1"), idle());

        assertThat(done()).containsExactly("end");
        assertThat(virtual.leave()).isEqualTo(TransactionStatus.IDLE);
        assertThat(virtual.dirty()).isFalse();
    }

    @Test
    void aParameterThatChangesOnItsOwnFollowsToo() {
        client(query("select f()"));
        virtual.attached(one);
        assertThat(server(new BackendMessage.ParameterStatus("TimeZone", "UTC"), complete("SELECT 1"), idle()))
                .isEqualTo((char) BackendType.PARAMETER_STATUS + "CZ");

        assertThat(sent()).isEqualTo("QPBES");
    }
}
