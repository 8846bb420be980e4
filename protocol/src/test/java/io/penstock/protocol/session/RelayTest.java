package io.penstock.protocol.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.FrontendMessage;
import org.junit.jupiter.api.Test;

/** Traffic without mutations: everything passes, in order, and errors skip exactly what Postgres skips. */
class RelayTest {
    private final Peer peer = Peer.serving();

    @Test
    void aSimpleQueryIsRelayedInOnePiece() {
        peer.client("Q select 1; select 2")
                .expect("server Q select 1; select 2")
                .server("T", "D 1", "C SELECT 1", "T", "D 2", "C SELECT 1", "Z I")
                .expect(
                        "client T",
                        "client D 1",
                        "client C SELECT 1",
                        "client T",
                        "client D 2",
                        "client C SELECT 1",
                        "client Z I");
    }

    @Test
    void anEmptyQueryIsRelayed() {
        peer.client("Q ").expect("server Q ").server("I", "Z I").expect("client I", "client Z I");
    }

    @Test
    void thePipelineIsRelayedAtOnceAndAnsweredInOrder() {
        peer.client("P a:select 1", "DS a", "B p:a", "D p", "E p", "S", "C p", "CS a", "S")
                .expect(
                        "server P a:select 1",
                        "server DS a",
                        "server B p:a",
                        "server D p",
                        "server E p",
                        "server S",
                        "server C p",
                        "server CS a",
                        "server S")
                .server("1", "t", "T", "2", "T", "D 1", "C SELECT 1", "Z I", "3", "3", "Z I")
                .expect(
                        "client 1",
                        "client t",
                        "client T",
                        "client 2",
                        "client T",
                        "client D 1",
                        "client C SELECT 1",
                        "client Z I",
                        "client 3",
                        "client 3",
                        "client Z I");
    }

    @Test
    void anErrorSkipsWhatWasSentUpToTheNextSync() {
        peer.client("P :bogus", "B :", "E ", "S", "P :select 1", "S").take();
        peer.server("E 42601", "Z I", "1", "Z I").expect("client E 42601", "client Z I", "client 1", "client Z I");
    }

    @Test
    void anErrorSkipsWhatIsStillToComeUpToTheNextSync() {
        peer.client("P :bogus", "H").expect("server P :bogus", "server H");
        peer.server("E 42601").expect("client E 42601");
        peer.client("B :", "E ", "Q select 1", "S").expect("server S");
        peer.server("Z I").expect("client Z I");
        peer.client("Q select 1").expect("server Q select 1");
    }

    @Test
    void anErrorOfASimpleQuerySkipsNothing() {
        peer.client("Q bogus", "Q select 1").take();
        peer.server("E 42601", "Z I", "C SELECT 1", "Z I")
                .expect("client E 42601", "client Z I", "client C SELECT 1", "client Z I");
    }

    @Test
    void anErrorAtSyncIsFollowedByItsReadyForQuery() {
        peer.client("S", "S").take();
        peer.server("E 23503", "Z I", "Z I").expect("client E 23503", "client Z I", "client Z I");
    }

    @Test
    void aSuspendedPortalGoesOn() {
        peer.client("P :select 1", "B :", "E /1", "E /1", "S").take();
        peer.server("1", "2", "D 1", "s", "C SELECT 0", "Z I")
                .expect("client 1", "client 2", "client D 1", "client s", "client C SELECT 0", "client Z I");
    }

    @Test
    void copyDataPassBothWays() {
        peer.client("Q copy t from stdin").take();
        peer.server("G").expect("client G");
        peer.client("d 1", "d 2", "c").expect("server d 1", "server d 2", "server c");
        peer.server("C COPY 2", "Z I").expect("client C COPY 2", "client Z I");
        peer.client("Q copy t to stdout").take();
        peer.server("H", "d 1", "c", "C COPY 1", "Z I")
                .expect("client H", "client d 1", "client c", "client C COPY 1", "client Z I");
    }

    @Test
    void theSyncThatLibpqSendsBeforeItNoticesACopyIsNotAnswered() {
        peer.client("P :copy t from stdin", "B :", "E ", "S").take();
        peer.server("1", "2", "G").expect("client 1", "client 2", "client G");
        peer.client("d 1", "c", "S").expect("server d 1", "server c", "server S");
        peer.server("C COPY 1", "Z I").expect("client C COPY 1", "client Z I");
        peer.client("P :bogus", "S").take();
        peer.server("E 42601", "Z I").expect("client E 42601", "client Z I");
    }

    @Test
    void aSyncWhileTheServerReadsCopyDataIsNotAnswered() {
        peer.client("P :copy t from stdin", "B :", "E ", "H").take();
        peer.server("1", "2", "G").take();
        peer.client("S", "d 1", "f no more", "S").take();
        peer.server("E 57014", "Z I").expect("client E 57014", "client Z I");
    }

    @Test
    void copyDataMayBeSentWithoutWaiting() {
        peer.client("P :copy t from stdin", "B :", "E ", "d 1", "c", "S").take();
        peer.server("1", "2", "G", "C COPY 1", "Z I")
                .expect("client 1", "client 2", "client G", "client C COPY 1", "client Z I");
    }

    @Test
    void aFunctionCallIsRelayed() {
        peer.client("F").expect("server F").server("V", "Z I").expect("client V", "client Z I");
    }

    @Test
    void aFunctionCallMayBeRefused() {
        Peer strict = Peer.serving(new SessionSettings(
                new SessionSettings.Authentication.Trust(), Peer.PROCESS_ID, new byte[32], false, 65_536, 10_000));
        strict.client("F").expect("client E 0A000", "client Z I");
    }

    @Test
    void whatTheServerSaysOfItselfPassesAtAnyTime() {
        peer.server("S TimeZone=UTC", "N 00000", "A").expect("client S TimeZone=UTC", "client N 00000", "client A");
        peer.client("Q select 1").take();
        peer.server("N 00000", "T", "A", "D 1", "C SELECT 1", "Z I")
                .expect("client N 00000", "client T", "client A", "client D 1", "client C SELECT 1", "client Z I");
    }

    @Test
    void malformedMessagesAreErrorsInTheirPlace() {
        Peer broken = Peer.serving();
        broken.client("P :select 1");
        broken.client(new FrontendMessage.AuthenticationData(new byte[0]));
        broken.expect("server P :select 1", "client EF 08P01", "close server", "close client");
    }

    /** The server was sent it, and its answer, where it came before the client's Sync, was taken for the end of the server. */
    @Test
    void aFlushWithABodyIsAnErrorThatSkipsUpToTheNextSync() {
        ByteBuf bytes = Unpooled.buffer().writeByte('H').writeInt(5).writeByte('x');
        peer.client(new Frame((byte) 'H', bytes)).expect("client E 08P01");
        peer.client("E ", "S").expect("server S");
        peer.server("Z I").expect("client Z I");
        peer.client("Q select 1").expect("server Q select 1");
    }

    @Test
    void aServerThatSaysWhatNobodyAskedForIsLeft() {
        peer.server("1").expect("report 08P01", "client EF 08006", "close server", "close client", "close server");
    }

    @Test
    void aClientThatPipelinesWithoutEndIsPaused() {
        Peer bounded = Peer.serving(new SessionSettings(
                new SessionSettings.Authentication.Trust(), Peer.PROCESS_ID, new byte[32], true, 65_536, 4));
        bounded.client("CS a", "CS a", "CS a", "CS a").take();
        bounded.client("CS a").expect("server CS a", "pause", "server H");
        bounded.server("3", "3").take();
        bounded.server("3").expect("client 3", "resume");
    }
}
