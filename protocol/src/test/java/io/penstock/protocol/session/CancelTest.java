package io.penstock.protocol.session;

import org.junit.jupiter.api.Test;

/** A CancelRequest is for what the session does when it comes, and for nothing later. */
class CancelTest {
    private static final SessionEvent CANCEL = new SessionEvent.CancelRequested();
    private static final SessionEvent DELIVERED = new SessionEvent.CancelDelivered();

    private final Peer peer = Peer.serving();

    @Test
    void aSessionThatRestsHasNothingToCancel() {
        peer.event(CANCEL).expect();
        peer.client("Q select 1").server("T", "C SELECT 1", "Z I").take();
        peer.event(CANCEL).expect();
    }

    @Test
    void theNextQueryWaitsUntilTheCancelHasArrived() {
        peer.client("Q select pg_sleep(9)").take();
        peer.event(CANCEL).expect("cancel server");
        peer.server("T", "C SELECT 1", "Z I").expect("client T", "client C SELECT 1", "client Z I");
        peer.client("Q select 2").expect();
        peer.client("Q select 3").expect();
        peer.event(DELIVERED).expect("server Q select 2", "server Q select 3");
    }

    @Test
    void ofTwoCancelsTheSecondCountsToo() {
        peer.client("Q select pg_sleep(9)").take();
        peer.event(CANCEL).event(CANCEL).expect("cancel server", "cancel server");
        peer.server("E 57014", "Z I").take();
        peer.client("Q select 2").expect();
        peer.event(DELIVERED).expect();
        peer.event(DELIVERED).expect("server Q select 2");
    }

    @Test
    void whatWasPipelinedBeforeGoesOnAndWhatComesLaterWaits() {
        peer.client("P :select 1", "B :", "E ").take();
        peer.event(CANCEL).expect("cancel server");
        peer.client("S").expect();
        peer.server("1", "2", "C SELECT 1").take();
        peer.event(DELIVERED).expect("server S");
        peer.server("Z I").expect("client Z I");
    }

    @Test
    void dataOfARunningCopyDoNotWait() {
        peer.client("Q copy t from stdin").server("G").take();
        peer.event(CANCEL).expect("cancel server");
        peer.client("d 1").expect("server d 1");
        peer.server("E 57014", "Z I").take();
        peer.client("Q select 1").expect();
        peer.event(DELIVERED).expect("server Q select 1");
    }

    @Test
    void aHeldStatementWaitsForTheCancelOfTheOneBefore() {
        peer.client("Q select pg_sleep(9)").take();
        peer.event(CANCEL).take();
        peer.server("C SELECT 1", "Z I").take();
        peer.client("Q insert into synced values (1)").expect();
        peer.event(DELIVERED).expect("run insert into synced values (1)");
    }

    @Test
    void aClientThatLeavesMeanwhileIsNotWaitedFor() {
        peer.client("Q select pg_sleep(9)").take();
        peer.event(CANCEL).take();
        peer.client("Q select 2");
        peer.event(new SessionEvent.ClientClosed()).expect("close server", "close client");
        peer.event(DELIVERED).expect();
    }
}
