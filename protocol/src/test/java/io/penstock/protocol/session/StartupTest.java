package io.penstock.protocol.session;

import com.ongres.scram.client.ScramClient;
import io.penstock.protocol.auth.ScramVerifier;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import io.penstock.protocol.session.SessionSettings.Authentication;
import io.penstock.protocol.session.StartupRules.Encryption;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rows of {@link StartupPhase}'s table and of {@link Session}'s before it serves. */
class StartupTest {
    private static final Authentication SCRAM = new Authentication.Scram("abcdefghijklmnopqrstuvwx", new byte[32]);

    private final Peer peer = new Peer(new Authentication.Trust());

    @Test
    void aTrustedClientGetsInWithItsParameters() {
        peer.startup(
                        ProtocolVersion.V3_0,
                        "user",
                        "joe",
                        "database",
                        "bench",
                        "application_name",
                        "psql",
                        "options",
                        "-c geqo=off")
                .expect("client R ok", "connect joe@bench {application_name=psql, options=-c geqo=off}");
        peer.event(new SessionEvent.ServerReady(Map.of("client_encoding", "UTF8")))
                .expect("register 4711/4", "client S client_encoding=UTF8", "client K 4711/4", "client Z I");
    }

    @Test
    void whatTheServerSaysDuringTheLoginReachesTheClient() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe").take();
        PgError warning = PgError.of(Severity.WARNING, "01000", "database has a collation version mismatch");
        peer.event(new SessionEvent.ServerReady(
                        Map.of("client_encoding", "UTF8"), List.of(BackendMessage.NoticeResponse.of(warning)), 0))
                .expect(
                        "register 4711/4",
                        "client N 01000",
                        "client S client_encoding=UTF8",
                        "client K 4711/4",
                        "client Z I");
    }

    @Test
    void whoHasAServerForItselfKnowsItByItsProcessId() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe").take();
        peer.event(new SessionEvent.ServerReady(Map.of(), List.of(), 1789))
                .expect("register 1789/4", "client K 1789/4", "client Z I");
    }

    @Test
    void unknownOptionsAloneAreNegotiatedInTheClientsVersion() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe", "_pq_.grease", "1")
                .expect("client v " + ProtocolVersion.V3_0 + "[_pq_.grease]", "client R ok", "connect joe@joe {}");
    }

    @Test
    void theDatabaseIsThatOfTheUsersName() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe").expect("client R ok", "connect joe@joe {}");
    }

    @Test
    void clientsOfProtocol32GetALongKey() {
        peer.startup(ProtocolVersion.V3_2, "user", "joe").take();
        peer.event(new SessionEvent.ServerReady(Map.of())).expect("register 4711/32", "client K 4711/32", "client Z I");
    }

    @Test
    void whatIsNewerIsNegotiatedDown() {
        peer.startup(ProtocolVersion.of(3, 9999), "user", "joe", "_pq_.grease", "1", "geqo", "off")
                .expect(
                        "client v " + ProtocolVersion.V3_2 + "[_pq_.grease]",
                        "client R ok",
                        "connect joe@joe {geqo=off}");
    }

    @Test
    void encryptionIsRefusedOnceEach() {
        peer.packet(new FrontendMessage.GssEncRequest()).expect("client N");
        peer.packet(new FrontendMessage.SslRequest()).expect("client N");
        peer.packet(new FrontendMessage.SslRequest()).expect("client EF 0A000", "close server", "close client");
    }

    @Test
    void bytesBehindASslRequestAreAnAttack() {
        peer.session().startupPacket(Notation.frame(new FrontendMessage.SslRequest()), true);
        peer.expect("client EF 08P01", "close server", "close client");
    }

    @Test
    void encryptionThatIsOfferedBeginsOnce() {
        Peer tls = tls(Encryption.OFFERED, new Authentication.Trust());
        tls.packet(new FrontendMessage.GssEncRequest()).expect("client N");
        tls.packet(new FrontendMessage.SslRequest()).expect("start tls");
        tls.event(new SessionEvent.Encrypted(null, null)).expect();
        tls.startup(ProtocolVersion.V3_0, "user", "joe").expect("client R ok", "connect joe@joe {}");
    }

    @Test
    void insideOfTlsNeitherEncryptionIsAskedForAgain() {
        for (FrontendMessage second : List.of(new FrontendMessage.SslRequest(), new FrontendMessage.GssEncRequest())) {
            Peer tls = tls(Encryption.OFFERED, new Authentication.Trust());
            tls.packet(new FrontendMessage.SslRequest()).take();
            tls.event(new SessionEvent.Encrypted(null, null));
            tls.packet(second).expect("client EF 0A000", "close server", "close client");
        }
    }

    @Test
    void insideOfDirectTlsBothAreDeclinedOnce() {
        Peer tls = tls(Encryption.REQUIRED, new Authentication.Trust());
        tls.event(new SessionEvent.Encrypted(null, null));
        tls.packet(new FrontendMessage.SslRequest()).expect("client N");
        tls.packet(new FrontendMessage.GssEncRequest()).expect("client N");
        tls.startup(ProtocolVersion.V3_0, "user", "joe").expect("client R ok", "connect joe@joe {}");
    }

    @Test
    void bytesBehindASslRequestThatWouldBeGrantedAreAnAttack() {
        Peer tls = tls(Encryption.OFFERED, new Authentication.Trust());
        tls.session().startupPacket(Notation.frame(new FrontendMessage.SslRequest()), true);
        tls.expect("client EF 08P01", "close server", "close client");
    }

    @Test
    void wherePlainTextIsRefusedOnlyACancelRequestGetsThrough() {
        tls(Encryption.REQUIRED, new Authentication.Trust())
                .startup(ProtocolVersion.V3_0, "user", "joe")
                .expect("client EF 28000", "close server", "close client");
        tls(Encryption.REQUIRED, new Authentication.Trust())
                .packet(new FrontendMessage.CancelRequest(17, new byte[4]))
                .expect("route cancel 17/4");
    }

    @Test
    void aCertificateLetsInItsOwnUserOnly() {
        Peer joe = tls(Encryption.REQUIRED, new Authentication.Certificate());
        joe.event(new SessionEvent.Encrypted(null, "joe"));
        joe.startup(ProtocolVersion.V3_0, "user", "joe").expect("client R ok", "connect joe@joe {}");
        for (String name : new String[] {"Joe", null}) {
            Peer other = tls(Encryption.REQUIRED, new Authentication.Certificate());
            other.event(new SessionEvent.Encrypted(null, name));
            other.startup(ProtocolVersion.V3_0, "user", "joe")
                    .expect("client EF 28000", "close server", "close client");
        }
    }

    @Test
    void anEncryptedLoginIsBoundToItsChannel() {
        Peer tls = tls(Encryption.OFFERED, SCRAM);
        tls.packet(new FrontendMessage.SslRequest()).take();
        tls.event(new SessionEvent.Encrypted(new byte[32], null));
        tls.startup(ProtocolVersion.V3_0, "user", "joe").take();
        tls.event(new SessionEvent.VerifierFound(null)).expect("client R sasl [SCRAM-SHA-256-PLUS, SCRAM-SHA-256]");
        // Flag y: "I would bind, but you have not offered it". We have, so somebody between us took it away.
        tls.client(new FrontendMessage.SaslInitialResponse(
                        "SCRAM-SHA-256", "y,,n=,r=abcdefgh".getBytes(StandardCharsets.UTF_8)))
                .expect("client EF 28000", "close server", "close client");
    }

    @Test
    void aUserNameMayCarryTheSyncThatMeansTheDatabase() {
        String[][] namesAndMeanings = {
            {"joe.sync_1", "joe@crm"},
            {"joe.doe.sync_1", "joe.doe@crm"},
            {"joe.sync_2", "joe.sync_2@bench"},
            {".sync_1", ".sync_1@bench"},
            {"sync_1", "sync_1@bench"}
        };
        for (String[] nameAndMeaning : namesAndMeanings) {
            tls(Encryption.NONE, new Authentication.Trust())
                    .startup(ProtocolVersion.V3_0, "user", nameAndMeaning[0], "database", "bench")
                    .expect("client R ok", "connect " + nameAndMeaning[1] + " {}");
        }
    }

    @Test
    void aCertificateWithoutAHashOffersNoBinding() {
        Peer tls = tls(Encryption.OFFERED, SCRAM);
        tls.event(new SessionEvent.Encrypted(null, null));
        tls.startup(ProtocolVersion.V3_0, "user", "joe").take();
        tls.event(new SessionEvent.VerifierFound(null)).expect("client R sasl [SCRAM-SHA-256]");
    }

    private static Peer tls(Encryption encryption, Authentication authentication) {
        return new Peer(SessionSettings.of(authentication, Peer.PROCESS_ID, new byte[32])
                .with(new StartupRules(encryption, Map.of("sync_1", "crm"))));
    }

    @Test
    void aCancelRequestIsRoutedAndNotAnswered() {
        peer.packet(new FrontendMessage.CancelRequest(17, new byte[4])).expect("route cancel 17/4");
        peer.startup(ProtocolVersion.V3_0, "user", "joe").expect();
        peer.event(new SessionEvent.CancelRouted()).expect("close client");
    }

    @Test
    void aCancelRequestIsNeverAnsweredWhateverElseHappens() {
        for (SessionEvent end : new SessionEvent[] {
            new SessionEvent.AuthenticationTimedOut(),
            new SessionEvent.ClientClosed(),
            new SessionEvent.ClientEnded(),
            new SessionEvent.ClientViolated(ErrorCode.INVALID_STARTUP.error("more behind it")),
            new SessionEvent.EndRequested(ErrorCode.SHUTTING_DOWN.error())
        }) {
            Peer cancelling = new Peer(new Authentication.Trust());
            cancelling
                    .packet(new FrontendMessage.CancelRequest(17, new byte[4]))
                    .take();
            cancelling.event(end).expect("close client");
            cancelling.event(new SessionEvent.CancelRouted()).expect();
        }
    }

    @Test
    void withoutAUserNobodyGetsIn() {
        peer.startup(ProtocolVersion.V3_0, "database", "bench")
                .expect("client EF 28000", "close server", "close client");
    }

    @Test
    void anotherProtocolIsRefused() {
        peer.startup(ProtocolVersion.of(2, 0), "user", "joe").expect("client EF 0A000", "close server", "close client");
    }

    @Test
    void aServerThatRefusesIsQuoted() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe").take();
        peer.event(new SessionEvent.ServerRefused(ErrorCode.UNKNOWN_DATABASE.error("joe")))
                .expect("client EF 3D000", "close server", "close client");
    }

    @Test
    void whoTakesTooLongIsTurnedAway() {
        peer.event(new SessionEvent.AuthenticationTimedOut()).expect("client EF 57014", "close server", "close client");
        Peer.serving().event(new SessionEvent.AuthenticationTimedOut()).expect();
    }

    @Test
    void whatAClientSendsEarlyIsKept() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe").take();
        peer.client("Q select 1").expect();
        peer.event(new SessionEvent.ServerReady(Map.of()))
                .expect("register 4711/4", "client K 4711/4", "client Z I", "server Q select 1");
    }

    @Test
    void aClientThatLeavesEarlyLeavesNothing() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe").take();
        peer.event(new SessionEvent.ClientClosed()).expect("close server", "close client");
        peer.event(new SessionEvent.ServerReady(Map.of())).expect("close server");
    }

    @Test
    void replicationIsRelayedWithoutALook() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe", "replication", "database")
                .take();
        peer.event(new SessionEvent.ServerReady(Map.of())).take();
        peer.client("Q insert into synced values (1)").expect("server Q insert into synced values (1)");
        peer.server("E 42501", "Z I").expect("client E 42501", "client Z I");
    }

    @Test
    void replicationThatIsOffIsNone() {
        peer.startup(ProtocolVersion.V3_0, "user", "joe", "replication", "false")
                .take();
        peer.event(new SessionEvent.ServerReady(Peer.PARAMETERS)).take();
        peer.client("Q insert into synced values (1)").expect("run insert into synced values (1)");
    }

    @Test
    void aPasswordIsProvedByScram() throws Exception {
        Peer strict = new Peer(SCRAM);
        strict.startup(ProtocolVersion.V3_0, "user", "joe").expect("find verifier joe");
        strict.event(new SessionEvent.VerifierFound(ScramVerifier.of("secret", new byte[16], 4096)))
                .expect("client R sasl [SCRAM-SHA-256]");
        ScramClient client = scramClient("secret");
        String first = client.clientFirstMessage().toString();
        strict.client(new FrontendMessage.SaslInitialResponse("SCRAM-SHA-256", first.getBytes(StandardCharsets.UTF_8)))
                .expect("client R continue");
        client.serverFirstMessage("r=" + nonceOf(first) + "abcdefghijklmnopqrstuvwx,s=AAAAAAAAAAAAAAAAAAAAAA==,i=4096");
        strict.client(new FrontendMessage.SaslResponse(
                        client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8)))
                .expect("client R final", "signed in", "client R ok", "connect joe@joe {}");
    }

    @Test
    void aWrongPasswordAndAnUnknownUserLookTheSame() throws Exception {
        for (boolean known : new boolean[] {true, false}) {
            Peer strict = new Peer(SCRAM);
            ScramVerifier verifier = ScramVerifier.of("secret", new byte[16], 4096);
            strict.startup(ProtocolVersion.V3_0, "user", "joe").take();
            strict.event(new SessionEvent.VerifierFound(known ? verifier : null))
                    .take();
            ScramClient client = scramClient("wrong");
            String first = client.clientFirstMessage().toString();
            strict.client(new FrontendMessage.SaslInitialResponse(
                            "SCRAM-SHA-256", first.getBytes(StandardCharsets.UTF_8)))
                    .expect("client R continue");
            client.serverFirstMessage(
                    "r=" + nonceOf(first) + "abcdefghijklmnopqrstuvwx,s=AAAAAAAAAAAAAAAAAAAAAA==,i=4096");
            strict.client(new FrontendMessage.SaslResponse(
                            client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8)))
                    .expect("sign-in failed", "client EF 28P01", "close server", "close client");
        }
    }

    private static ScramClient scramClient(String password) {
        return ScramClient.builder()
                .advertisedMechanisms(List.of("SCRAM-SHA-256"))
                .username("joe")
                .password(password.toCharArray())
                .build();
    }

    private static String nonceOf(String first) {
        return first.substring(first.indexOf("r=") + 2);
    }
}
