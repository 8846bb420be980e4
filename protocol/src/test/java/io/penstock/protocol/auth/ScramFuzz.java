package io.penstock.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.penstock.protocol.RandomInputs;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import io.penstock.protocol.message.FrontendMessage.SaslResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * W-13 for SCRAM: whatever a client sends, it gets an answer and is not let in without the password; whatever a server sends, the client
 * goes on or says that it is refused.
 */
class ScramFuzz {
    private static final byte[] SALT = bytes("0123456789abcdef");
    private static final ScramVerifier VERIFIER = ScramVerifier.of("secret", SALT, 1);
    private static final byte[] END_POINT = bytes("hash");

    private static final String REST = ",r=clientNonceserverNonce,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    /** Flag and {@link #END_POINT}. */
    private static final String BOUND = "cD10bHMtc2VydmVyLWVuZC1wb2ludCwsaGFzaA==";

    /** Separates the messages of an input. */
    private static final byte BORDER = '\n';

    @MethodSource("serverSeeds")
    @FuzzTest
    void server(byte[] data) {
        attack(data);
    }

    @MethodSource("clientSeeds")
    @FuzzTest
    void client(byte[] data) {
        lie(data);
    }

    @MethodSource("verifierSeeds")
    @FuzzTest
    void verifier(byte[] data) {
        parse(data);
    }

    @Test
    void serverOnRandomInputs() {
        RandomInputs.feed(5, 20_000, serverSeeds(), ScramFuzz::attack);
    }

    @Test
    void clientOnRandomInputs() {
        RandomInputs.feed(6, 20_000, clientSeeds(), ScramFuzz::lie);
    }

    @Test
    void verifierOnRandomInputs() {
        RandomInputs.feed(7, 20_000, verifierSeeds(), ScramFuzz::parse);
    }

    static List<byte[]> serverSeeds() {
        return texts(
                "n,,n=user,r=clientNonce\nc=biws" + REST,
                "y,,n=,r=clientNonce\nc=eSws" + REST.replace(",p=", ",x=y,p="),
                "p=tls-server-end-point,,n=,r=clientNonce\nc=" + BOUND + REST,
                "n,a=x,m=y,n=,r=abc\n\n");
    }

    static List<byte[]> clientSeeds() {
        String signature = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
        return texts(
                "r=clientNonceserverNonce,s=MDEyMzQ1Njc4OWFiY2RlZg==,i=1\n" + signature,
                "r=clientNonceserverNonce,s=AA==,i=2\ne=other-error",
                "e=invalid-encoding\n");
    }

    static List<byte[]> verifierSeeds() {
        return texts(VERIFIER.text(), "md5x", "SCRAM-SHA-256$1:$:");
    }

    private static void attack(byte[] data) {
        byte[][] messages = split(data);
        for (String mechanism : List.of("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS")) {
            ScramServer server = ScramServer.knownUser("user", VERIFIER, END_POINT, "serverNonce");
            ScramStep first = server.receive(new SaslInitialResponse(mechanism, messages[0]));
            ScramStep last = server.receive(new SaslResponse(messages[1]));
            assertThat(Stream.of(first, last)).noneMatch(step -> step instanceof ScramStep.Accepted);
            assertThat(last).isInstanceOf(ScramStep.Refused.class);
        }
    }

    private static void lie(byte[] data) {
        byte[][] messages = split(data);
        ScramClient client = ScramClient.withPassword(List.of("SCRAM-SHA-256"), "secret", null, () -> "clientNonce");
        client.first();
        try {
            client.next(messages[0]);
            client.verify(messages[1]);
            throw new AssertionError("a server that does not know the password was believed");
        } catch (ProtocolViolation expected) {
            assertThat(expected.error().sqlState()).isEqualTo("08006");
        }
    }

    private static void parse(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        try {
            ScramVerifier parsed = ScramVerifier.parse(text);
            assertThat(ScramVerifier.parse(parsed.text())).isEqualTo(parsed);
        } catch (IllegalArgumentException expected) {
            assertThat(expected).hasMessage("not a SCRAM-SHA-256 verifier");
        }
    }

    private static byte[][] split(byte[] data) {
        int border = 0;
        while (border < data.length && data[border] != BORDER) {
            border++;
        }
        return new byte[][] {
            Arrays.copyOf(data, border), Arrays.copyOfRange(data, Math.min(border + 1, data.length), data.length)
        };
    }

    private static List<byte[]> texts(String... texts) {
        return Arrays.stream(texts).map(ScramFuzz::bytes).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
