package io.penstock.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in to a server, also to a hostile one (W-17). */
class ScramClientTest {
    private static final byte[] SALT = bytes("0123456789abcdef");
    private static final ScramVerifier VERIFIER = ScramVerifier.of("secret", SALT, 4_096);

    @Test
    void logsInWithAPassword() {
        ScramServer server = server(VERIFIER);
        ScramClient client = client("secret", server.mechanisms());
        ScramStep.Continue challenge = (ScramStep.Continue) server.receive(client.first());
        ScramStep.Accepted accepted = (ScramStep.Accepted) server.receive(client.next(challenge.data()));
        client.verify(accepted.data());
    }

    @Test
    void logsInWithOneIterationWhichPostgresAllows() {
        ScramServer server = server(ScramVerifier.of("secret", SALT, 1));
        ScramClient client = client("secret", server.mechanisms());
        ScramStep.Continue challenge = (ScramStep.Continue) server.receive(client.first());
        assertThat(server.receive(client.next(challenge.data()))).isInstanceOf(ScramStep.Accepted.class);
    }

    @Test
    void aServerThatDoesNotKnowThePasswordIsFound() {
        ScramServer server = server(VERIFIER);
        ScramClient client = client("secret", server.mechanisms());
        ScramStep.Continue challenge = (ScramStep.Continue) server.receive(client.first());
        client.next(challenge.data());
        assertRefused(() -> client.verify(bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v=", "v=!", "e=other-error", "x=y", "v=AAAA"})
    void aMalformedLastMessageIsRefused(String message) {
        ScramServer server = server(VERIFIER);
        ScramClient client = client("secret", server.mechanisms());
        ScramStep.Continue challenge = (ScramStep.Continue) server.receive(client.first());
        client.next(challenge.data());
        assertRefused(() -> client.verify(bytes(message)));
    }

    @Test
    void moreIterationsThanAServerMayAskForAreRefusedBeforeTheWork() {
        // CVE-2026-42198: 2^31 of them would take half an hour.
        for (String iterations : List.of("100001", "2147483647", "99999999999", "-1", "0", "")) {
            ScramClient client = client("secret", List.of("SCRAM-SHA-256"));
            client.first();
            assertRefused(() -> client.next(bytes("r=clientNonceServer,s=AAAA,i=" + iterations)));
        }
    }

    @Test
    void aNonceOfOneMegabyteIsRefused() {
        // CVE-2026-6665.
        ScramClient client = client("secret", List.of("SCRAM-SHA-256"));
        client.first();
        assertRefused(() -> client.next(bytes("r=clientNonce" + "x".repeat(1_000_000) + ",s=AAAA,i=4096")));
    }

    @Test
    void aNonceThatIsNotOursIsRefused() {
        ScramClient client = client("secret", List.of("SCRAM-SHA-256"));
        client.first();
        assertRefused(() -> client.next(bytes("r=someoneElses,s=AAAA,i=4096")));
        ScramClient echo = client("secret", List.of("SCRAM-SHA-256"));
        echo.first();
        assertRefused(() -> echo.next(bytes("r=clientNonce,s=AAAA,i=4096")));
    }

    @Test
    void onlyWhatWeSpeakIsChosen() {
        assertRefused(() -> client("secret", List.of("SCRAM-SHA-1", "GS2-KRB5")));
        assertRefused(() -> client("secret", List.of()));
        SaslInitialResponse first =
                client("secret", List.of("SCRAM-SHA-512", "SCRAM-SHA-256")).first();
        assertThat(first.mechanism()).isEqualTo("SCRAM-SHA-256");
    }

    @Test
    void takesPlusWhereItIsOfferedAndThereIsAChannel() {
        assertThat(header(List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"), bytes("hash")))
                .isEqualTo("SCRAM-SHA-256-PLUS p=tls-server-end-point");
        assertThat(header(List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"), null)).isEqualTo("SCRAM-SHA-256 n");
        // The flag that lets the server find out whether somebody has taken PLUS away.
        assertThat(header(List.of("SCRAM-SHA-256"), bytes("hash"))).isEqualTo("SCRAM-SHA-256 y");
    }

    private static String header(List<String> offered, byte @Nullable [] endPoint) {
        SaslInitialResponse first = ScramClient.withPassword(offered, "secret", endPoint, () -> "clientNonce")
                .first();
        byte[] data = first.data();
        assertThat(data).isNotNull();
        return first.mechanism() + " " + new String(data, StandardCharsets.UTF_8).split(",", 2)[0];
    }

    private static ScramServer server(ScramVerifier verifier) {
        return ScramServer.knownUser("user", verifier, null, "serverNonce");
    }

    private static ScramClient client(String password, List<String> offered) {
        return ScramClient.withPassword(offered, password, null, () -> "clientNonce");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        violation -> assertThat(violation.error().sqlState()).isEqualTo("08006"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
