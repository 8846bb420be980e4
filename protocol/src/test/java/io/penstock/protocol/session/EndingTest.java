package io.penstock.protocol.session;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.message.ProtocolVersion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rows of {@link Ending}'s table; those with a mutation stand in {@link MutationTest}. */
class EndingTest {
    private final Peer peer = Peer.serving();

    @Test
    void terminateIsRelayedAndTheServersEndWaitedFor() {
        peer.client("Q select 1", "X").expect("server Q select 1", "server X");
        peer.server("C SELECT 1", "Z I").expect("client C SELECT 1", "client Z I");
        peer.event(new SessionEvent.ServerClosed()).expect("close server", "close client");
    }

    @Test
    void terminateWaitsBehindAMutation() {
        peer.client("Q insert into synced values (1)", "X").expect("run insert into synced values (1)");
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "client Z I", "server X");
    }

    @Test
    void aClientThatLeavesIdleSaysGoodbyeToTheServer() {
        peer.event(new SessionEvent.ClientClosed()).expect("server X", "close server", "close client");
    }

    @Test
    void aClientThatLeavesInATransactionIsJustGone() {
        peer.client("Q begin").server("C BEGIN", "Z T").take();
        peer.event(new SessionEvent.ClientClosed()).expect("close server", "close client");
    }

    @Test
    void aClientThatHasSentEverythingIsStillAnswered() {
        peer.client("Q select 1").take();
        peer.event(new SessionEvent.ClientEnded()).expect("server X");
        peer.server("C SELECT 1", "Z I").expect("client C SELECT 1", "client Z I");
        peer.event(new SessionEvent.ServerClosed()).expect("close server", "close client");
    }

    @Test
    void aClientThatHasSentEverythingAndIsOwedNothingLeaves() {
        peer.event(new SessionEvent.ClientEnded()).expect("server X", "close server", "close client");
    }

    @Test
    void aClientThatHasSentEverythingHearsOfItsMutation() {
        peer.client("Q insert into synced values (1)").take();
        peer.event(new SessionEvent.ClientEnded()).expect();
        peer.finished("C INSERT 0 1").expect("client C INSERT 0 1", "client Z I", "server X");
    }

    @Test
    void whoHasSentEverythingBeforeTheServerIsThereIsServed() {
        Peer early = new Peer(new SessionSettings.Authentication.Trust());
        early.startup(ProtocolVersion.V3_0, "user", "joe").client("Q select 1").take();
        early.event(new SessionEvent.ClientEnded()).expect();
        early.event(new SessionEvent.ServerReady(Map.of())).take();
        early.server("C SELECT 1", "Z I").expect("client C SELECT 1", "client Z I");
    }

    @Test
    void aServerThatVanishesIsTold() {
        peer.event(new SessionEvent.ServerClosed()).expect("client EF 08006", "close server", "close client");
    }

    @Test
    void aServerThatSaidWhyIsQuotedOnly() {
        peer.server("EF 57P01")
                .event(new SessionEvent.ServerClosed())
                .expect("client EF 57P01", "close server", "close client");
    }

    @Test
    void aNodeThatStopsSaysSo() {
        peer.event(new SessionEvent.EndRequested(ErrorCode.SHUTTING_DOWN.error()))
                .expect("client EF 57P01", "server X", "close server", "close client");
    }

    @Test
    void aNodeThatStopsWaitsForAMutation() {
        peer.client("Q insert into synced values (1)").take();
        peer.event(new SessionEvent.EndRequested(ErrorCode.SHUTTING_DOWN.error()))
                .expect();
        peer.finished("C INSERT 0 1")
                .expect("client C INSERT 0 1", "client EF 57P01", "server X", "close server", "close client");
    }

    @Test
    void whatComesAfterTheEndIsIgnored() {
        peer.event(new SessionEvent.ClientClosed()).take();
        peer.client("Q select 1")
                .server("A")
                .event(new SessionEvent.ServerClosed())
                .expect();
        peer.event(new SessionEvent.MutationFinished(List.of(Notation.server("C X")), false, false))
                .expect();
    }
}
