package io.penstock.protocol.pooling;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.TransactionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Each row of the table of {@link ClientListening}. Channels are {@code a} and {@code b}. */
class ClientListeningTest extends VirtualServerRig {
    private static final int OTHER_SERVER = 4712;

    private final ClientListening listening = virtual.listening();

    private static Notification notification(int processId, String channel, String payload) {
        ByteBuf bytes = Unpooled.buffer();
        BackendMessages.encode(new BackendMessage.NotificationResponse(processId, channel, payload), bytes);
        Frame frame = new Frame(bytes.getByte(0), bytes);
        Notification notification = Notification.of(frame);
        frame.release();
        return notification;
    }

    private void heard(String channel) {
        listening.heard(notification(OTHER_SERVER, channel, ""));
    }

    /** LISTEN in a transaction of its own. */
    private void listens(String channel) {
        client(query("listen " + channel));
        virtual.attached(one);
        listening.answered(true);
        server(complete("LISTEN"), idle());
        server(complete("UNLISTEN"), idle());
        sent();
        done();
    }

    private void inBlock(String... statements) {
        client(query("begin"));
        virtual.attached(one);
        server(complete("BEGIN"), ready(TransactionStatus.IN_BLOCK));
        for (String statement : statements) {
            block(statement, TransactionStatus.IN_BLOCK);
        }
    }

    private void block(String statement, TransactionStatus status) {
        client(query(statement));
        if (statement.startsWith("listen")) {
            listening.answered(true);
        }
        server(complete(statement.replaceAll(" .*", "").toUpperCase(Locale.ROOT)), ready(status));
    }

    @Test
    void theListenerListensBeforeTheStatementRunsAndTheServerIsLetGo() {
        client(query("listen a"));
        virtual.attached(one);
        assertThat(done()).containsExactly("want", "reserve [a]");
        assertThat(sent()).isEmpty();

        listening.answered(true);
        assertThat(sent()).isEqualTo("Q");
        assertThat(server(complete("LISTEN"), idle())).isEqualTo("CZ");
        assertThat(sent()).as("UNLISTEN *").isEqualTo("Q");
        assertThat(server(complete("UNLISTEN"), idle())).isEmpty();
        assertThat(done()).containsExactly("release");

        heard("a");
        assertThat(given()).isEqualTo("A");
    }

    @Test
    void whatFollowsWaitsBehindTheListen() {
        client(parse("", "listen a"), bind(""), new FrontendMessage.Execute("", 0), SYNC);
        virtual.attached(one);
        assertThat(sent()).isEqualTo("P");
        listening.answered(true);

        assertThat(sent()).isEqualTo("BES");
        assertThat(server(
                        new BackendMessage.ParseComplete(),
                        new BackendMessage.BindComplete(),
                        complete("LISTEN"),
                        idle()))
                .isEqualTo("12CZ");
        heard("a");
        assertThat(given())
                .as("the server has yet to say that it does not listen")
                .isEmpty();
        server(complete("UNLISTEN"), idle());
        assertThat(given()).isEqualTo("A");
    }

    @Test
    void whereTheListenerCannotTheServerIsKept() {
        client(query("listen a"));
        virtual.attached(one);
        listening.answered(false);
        assertThat(server(complete("LISTEN"), idle())).isEqualTo("CZ");

        assertThat(done()).containsExactly("want", "reserve [a]", "stays LISTEN");
        assertThat(server(new BackendMessage.NotificationResponse(OTHER_SERVER, "a", "")))
                .isEqualTo("A");
    }

    /** The first answer was taken for the second one's: the statement left before its time, the ReadyForQuery never, and the session hung. */
    @Test
    void aListenThatFollowsANotifyAtOnceHasAnAnswerOfItsOwn() {
        listens("a");
        client(query("notify a"));
        virtual.attached(one);
        listening.answered(true);
        assertThat(sent()).isEqualTo("Q");
        assertThat(server(complete("NOTIFY"), idle())).isEqualTo("C");
        assertThat(listening.isWithholding()).isTrue();
        client(query("listen b"));

        listening.answered(true);
        assertThat(listening.isWithholding()).isFalse();
        assertThat(given()).isEqualTo("Z");
        assertThat(sent()).as("the listener does not listen yet").isEmpty();

        listening.answered(true);
        assertThat(sent()).isEqualTo("Q");
        assertThat(server(complete("LISTEN"), idle())).isEqualTo("CZ");
    }

    @Test
    void whatAServerHearsIsNotForTheClient() {
        listens("a");
        client(query("select 1"));
        virtual.attached(one);

        assertThat(server(new BackendMessage.NotificationResponse(OTHER_SERVER, "a", "")))
                .isEmpty();
    }

    @Test
    void theCommitDecides() {
        inBlock("listen a");
        heard("a");
        assertThat(done()).containsExactly("want", "reserve [a]");
        block("commit", TransactionStatus.IDLE);
        server(complete("UNLISTEN"), idle());
        heard("a");

        assertThat(given()).isEqualTo("AZA");
    }

    @Test
    void whatWasHeardWhileTheTransactionStandsWasForOthers() {
        inBlock("listen a");
        heard("a");
        block("select 1", TransactionStatus.IN_BLOCK);
        block("commit", TransactionStatus.IDLE);
        server(complete("UNLISTEN"), idle());

        assertThat(given()).isEmpty();
    }

    /** It stood in front of what the client is to have, which then came behind the answer. */
    @Test
    void whatWasHeardForNothingHoldsNothingUp() {
        inBlock("listen a", "unlisten a", "listen b");
        client(query("commit"));
        heard("a");
        heard("b");
        assertThat(server(complete("COMMIT"), idle())).isEqualTo("C");

        assertThat(given()).isEqualTo("AZ");
    }

    @Test
    void aRollbackDecides() {
        inBlock("listen a");
        block("rollback", TransactionStatus.IDLE);
        heard("a");

        assertThat(done()).containsExactly("want", "reserve [a]", "leave [a]");
        assertThat(given()).isEmpty();
    }

    @Test
    void anErrorDecides() {
        client(query("listen a; select 1/0"));
        virtual.attached(one);
        listening.answered(true);
        server(complete("LISTEN"), error("22012"), idle());

        assertThat(done()).containsExactly("want", "reserve [a]", "leave [a]");
    }

    @Test
    void aCommitWithinAQueryDecidesBeforeAnError() {
        client(query("listen a; commit; select 1/0"));
        virtual.attached(one);
        listening.answered(true);
        server(complete("LISTEN"), complete("COMMIT"), error("22012"), idle());
        server(complete("UNLISTEN"), idle());
        heard("a");

        assertThat(given()).isEqualTo("A");
    }

    @Test
    void aFailedTransactionThatIsCommittedIsRolledBack() {
        inBlock("listen a");
        client(query("select 1/0"));
        server(error("22012"), ready(TransactionStatus.FAILED));
        client(query("commit"));
        server(complete("ROLLBACK"), idle());

        assertThat(done()).containsExactly("want", "reserve [a]", "leave [a]");
    }

    /** What is done behind a failed transaction in the same text is no part of it. */
    @Test
    void aRollbackEndsTheFailure() {
        listens("b");
        inBlock();
        client(query("select 1/0"));
        server(error("22012"), ready(TransactionStatus.FAILED));
        client(query("rollback; unlisten b"));
        server(complete("ROLLBACK"), complete("UNLISTEN"), idle());

        assertThat(done()).containsExactly("want", "leave [b]", "release");
    }

    @Test
    void aSavepointDecides() {
        listens("b");
        inBlock("savepoint s", "listen a", "unlisten b");
        client(query("rollback to s"));
        server(complete("ROLLBACK"), ready(TransactionStatus.IN_BLOCK));
        done();
        block("commit", TransactionStatus.IDLE);
        server(complete("UNLISTEN"), idle());
        heard("a");
        heard("b");

        assertThat(done()).containsExactly("leave [a]", "release");
        assertThat(given()).isEqualTo("A");
    }

    @Test
    void unlistenAndDiscardAllCountFromTheCommitOn() {
        listens("a");
        listens("b");
        inBlock("unlisten a");
        heard("a");
        block("commit", TransactionStatus.IDLE);
        assertThat(given()).as("Postgres forgets it, too").isEmpty();
        assertThat(done()).containsExactly("want", "leave [a]", "release");
        client(query("discard all"));
        virtual.attached(one);
        server(complete("DISCARD ALL"), idle());

        assertThat(done()).containsExactly("want", "leave [b]", "release");
    }

    @Test
    void aTransactionIsNotDisturbed() {
        listens("a");
        inBlock();
        heard("a");
        assertThat(given()).isEmpty();
        client(query("commit"));
        assertThat(server(complete("COMMIT"), idle()))
                .as("the rest is given here")
                .isEqualTo("C");

        assertThat(given()).isEqualTo("AZ");
    }

    @Test
    void aClientThatWaitsForAServerIsNotDisturbed() {
        listens("a");
        client(query("select 1"));
        heard("a");
        assertThat(given()).isEmpty();
        virtual.attached(one);
        server(complete("SELECT 1"), idle());

        assertThat(given()).isEqualTo("AZ");
    }

    @Test
    void whoNotifiesGetsItsOwnUnderItsOwnProcessIdInFrontOfTheAnswer() {
        listens("a");
        client(query("notify a"));
        virtual.attached(one);
        assertThat(done()).as("what others have sent on that server").containsExactly("want", "fence");
        listening.heard(notification(SERVER, "a", ""));
        listening.answered(true);
        assertThat(server(complete("NOTIFY"), idle())).isEqualTo("C");
        assertThat(virtual.isWithholding()).isTrue();
        assertThat(done()).containsExactly("fence");
        listening.heard(notification(SERVER, "a", ""));
        listening.answered(true);

        assertThat(pids()).containsExactly(SERVER, CLIENT);
        assertThat(virtual.isWithholding()).isFalse();
        assertThat(done()).containsExactly("release");
    }

    private List<Integer> pids() {
        List<Integer> pids = new ArrayList<>();
        for (Frame frame = virtual.poll(); frame != null; frame = virtual.poll()) {
            if (BackendMessages.decode(frame)
                    instanceof BackendMessage.NotificationResponse(int pid, String _, String _)) {
                pids.add(pid);
            }
            frame.release();
        }
        return pids;
    }

    @Test
    void whoOnlyNotifiesWaitsForNothing() {
        client(query("notify a"));
        virtual.attached(one);
        assertThat(server(complete("NOTIFY"), idle())).isEqualTo("CZ");

        assertThat(done()).containsExactly("want", "release");
    }

    @Test
    void theLossEndsTheSessionOfWhoListens() {
        listens("a");
        listening.lost();

        assertThat(done()).containsExactly("fail 08006");
    }

    @Test
    void theLossEndsTheSessionBehindItsTransaction() {
        listens("a");
        inBlock();
        done();
        listening.lost();
        assertThat(done()).isEmpty();
        block("commit", TransactionStatus.IDLE);

        assertThat(done()).startsWith("fail 08006");
    }

    @Test
    void theLossIsNothingToOthers() {
        listening.lost();

        assertThat(done()).isEmpty();
    }

    @Test
    void whoDoesNotReadIsEnded() {
        listens("a");
        inBlock();
        done();
        String payload = "x".repeat(7_999);
        for (int i = 0; i < 140; i++) {
            listening.heard(notification(OTHER_SERVER, "a", payload));
        }

        assertThat(done()).containsExactly("fail 54000");
    }
}
