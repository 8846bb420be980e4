package io.penstock.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import io.penstock.protocol.message.FrontendMessage.SaslResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each row of the transition table of {@link ScramServer}. */
class ScramServerTest {
    /** The exchange of RFC 7677, section 3, byte for byte. */
    private static final ScramVerifier PENCIL =
            ScramVerifier.of("pencil", Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4_096);

    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String CLIENT_FINAL = "c=biws,r=" + NONCE + ",p=" + PROOF;
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    private static final byte[] END_POINT = "hash of the certificate".getBytes(StandardCharsets.US_ASCII);

    private final ScramServer server = ScramServer.knownUser("user", PENCIL, null, SERVER_NONCE);

    @Test
    void theExchangeOfTheRfc() {
        assertThat(server.mechanisms()).containsExactly("SCRAM-SHA-256");
        assertThat(text(first(server, CLIENT_FIRST))).isEqualTo(SERVER_FIRST);
        assertThat(text(last(server, CLIENT_FINAL))).isEqualTo(SERVER_FINAL);
    }

    @Test
    void theKeysThatItLeavesAreTheUsersOwn() {
        first(server, CLIENT_FIRST);
        ScramStep.Accepted accepted = (ScramStep.Accepted) last(server, CLIENT_FINAL);

        // Enough to log in at another server with the same verifier.
        ScramServer upstream = ScramServer.knownUser("user", PENCIL, null, "upstreamNonce");
        ScramClient client = ScramClient.withKeys(upstream.mechanisms(), accepted.keys(), null, () -> "clientNonce");
        ScramStep challenge = upstream.receive(client.first());
        ScramStep answer = upstream.receive(client.next(((ScramStep.Continue) challenge).data()));
        client.verify(((ScramStep.Accepted) answer).data());
        assertThat(accepted.keys()).hasToString("ScramKeys[]");
    }

    @Test
    void theFirstMessageMayComeInAMessageOfItsOwn() {
        assertThat(text(server.receive(new SaslInitialResponse("SCRAM-SHA-256", null))))
                .isEmpty();
        assertThat(text(last(server, CLIENT_FIRST))).isEqualTo(SERVER_FIRST);
        assertThat(text(last(server, CLIENT_FINAL))).isEqualTo(SERVER_FINAL);
    }

    @Test
    void aWrongProofIsAWrongPassword() {
        first(server, CLIENT_FIRST);
        assertRefused(last(server, CLIENT_FINAL.replace("p=dHzb", "p=eHzb")), "28P01");
    }

    @Test
    void anUnknownUserLooksLikeAWrongPasswordWhateverTheProof() {
        // The verifier even fits, and still nobody gets in.
        ScramServer unknown = ScramServer.unknownUser("user", PENCIL, null, SERVER_NONCE);
        assertThat(text(first(unknown, CLIENT_FIRST))).isEqualTo(SERVER_FIRST);
        ScramStep refused = last(unknown, CLIENT_FINAL);

        first(server, CLIENT_FIRST);
        assertThat(refused).isEqualTo(last(server, CLIENT_FINAL.replace("p=dHzb", "p=eHzb")));
    }

    @Test
    void aReplayedProofDoesNotFitAnotherNonce() {
        ScramServer next = ScramServer.knownUser("user", PENCIL, null, "anotherNonce");
        first(next, CLIENT_FIRST);
        assertRefused(last(next, CLIENT_FINAL), "08P01");

        ScramServer again = ScramServer.knownUser("user", PENCIL, null, "anotherNonce");
        first(again, CLIENT_FIRST);
        assertRefused(last(again, CLIENT_FINAL.replace(NONCE, "rOprNGfwEbeRWgbNEkqOanotherNonce")), "28P01");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n,",
                "n,,",
                "x,,n=,r=abc",
                "n,,n=",
                "n,,n=,r=",
                "n,,n=,r=a b",
                "n,,n=,r=a\u00e9",
                "n,,r=abc,n=",
                "n,x,n=,r=abc",
                "n,,n=\u0000,r=abc",
                "p=tls-server-end-point,,n=,r=abc"
            })
    void aMalformedFirstMessageIsRefused(String message) {
        assertRefused(first(server, message), "08P01");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"n,a=root,n=,r=abc", "n,,m=x,n=,r=abc"})
    void whatPostgresDoesNotHaveIsRefused(String message) {
        assertRefused(first(server, message), "0A000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c=biws",
                "c=eSws,r=NONCE,p=PROOF",
                "c=!,r=NONCE,p=PROOF",
                "c=biws,r=NONCEx,p=PROOF",
                "c=biws,r=NONCE,p=",
                "c=biws,r=NONCE,p=PROOF,",
                "c=biws,r=NONCE,p=PROOF,x=y",
                "c=biws,r=NONCE,p=c2hvcnQ=",
                "c=biws,r=NONCE,9=x,p=PROOF",
                "c=biws,r=NONCE",
                "r=NONCE,c=biws,p=PROOF"
            })
    void aMalformedLastMessageIsRefused(String message) {
        first(server, CLIENT_FIRST);
        assertRefused(last(server, message.replace("NONCE", NONCE).replace("PROOF", PROOF)), "08P01");
    }

    @Test
    void extensionsAreSignedAndSkipped() {
        first(server, CLIENT_FIRST);
        // Well-formed, but the proof is not of these words.
        assertRefused(last(server, CLIENT_FINAL.replace(",p=", ",x=y,p=")), "28P01");
    }

    @Test
    void onlyWhatWasOfferedMayBeChosen() {
        assertRefused(server.receive(new SaslInitialResponse("SCRAM-SHA-1", bytes(CLIENT_FIRST))), "08P01");
        ScramServer plain = ScramServer.knownUser("user", PENCIL, null, SERVER_NONCE);
        assertRefused(plain.receive(new SaslInitialResponse("SCRAM-SHA-256-PLUS", bytes(CLIENT_FIRST))), "08P01");
    }

    @Test
    void nothingComesOutOfOrder() {
        assertRefused(last(server, CLIENT_FINAL), "08P01");

        ScramServer twice = ScramServer.knownUser("user", PENCIL, null, SERVER_NONCE);
        first(twice, CLIENT_FIRST);
        assertRefused(first(twice, CLIENT_FIRST), "08P01");
        assertRefused(last(twice, CLIENT_FINAL), "08P01");

        ScramServer done = ScramServer.knownUser("user", PENCIL, null, SERVER_NONCE);
        first(done, CLIENT_FIRST);
        assertThat(last(done, CLIENT_FINAL)).isInstanceOf(ScramStep.Accepted.class);
        assertRefused(last(done, CLIENT_FINAL), "08P01");
    }

    @Test
    void plusIsOfferedWhereThereIsAChannelToBindTo() {
        ScramServer bound = ScramServer.knownUser("user", PENCIL, END_POINT, SERVER_NONCE);
        assertThat(bound.mechanisms()).containsExactly("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
        assertThat(login(bound, "pencil", END_POINT)).isInstanceOf(ScramStep.Accepted.class);
    }

    @Test
    void aClientThatIsBoundToAnotherChannelIsRefused() {
        ScramServer bound = ScramServer.knownUser("user", PENCIL, END_POINT, SERVER_NONCE);
        assertRefused(login(bound, "pencil", bytes("certificate of a man in the middle")), "28000");
    }

    @Test
    void aClientThatThinksThatThereIsNoPlusHasBeenLiedTo() {
        ScramServer bound = ScramServer.knownUser("user", PENCIL, END_POINT, SERVER_NONCE);
        assertRefused(first(bound, "y,,n=,r=abc"), "28000");
    }

    @Test
    void plusNeedsItsFlag() {
        for (String flag : new String[] {"n", "y"}) {
            ScramServer bound = ScramServer.knownUser("user", PENCIL, END_POINT, SERVER_NONCE);
            assertRefused(
                    bound.receive(new SaslInitialResponse("SCRAM-SHA-256-PLUS", bytes(flag + ",,n=,r=abc"))), "08P01");
        }
        ScramServer bound = ScramServer.knownUser("user", PENCIL, END_POINT, SERVER_NONCE);
        assertRefused(
                bound.receive(new SaslInitialResponse("SCRAM-SHA-256-PLUS", bytes("p=tls-unique,,n=,r=abc"))), "0A000");
    }

    private static ScramStep login(ScramServer server, String password, byte @Nullable [] endPoint) {
        ScramClient client = ScramClient.withPassword(server.mechanisms(), password, endPoint, () -> "clientNonce");
        ScramStep.Continue challenge = (ScramStep.Continue) server.receive(client.first());
        return server.receive(client.next(challenge.data()));
    }

    private static ScramStep first(ScramServer server, String message) {
        return server.receive(new SaslInitialResponse("SCRAM-SHA-256", bytes(message)));
    }

    private static ScramStep last(ScramServer server, String message) {
        return server.receive(new SaslResponse(bytes(message)));
    }

    private static void assertRefused(ScramStep step, String sqlState) {
        assertThat(step).isInstanceOfSatisfying(ScramStep.Refused.class, refused -> {
            assertThat(refused.error().sqlState()).isEqualTo(sqlState);
            assertThat(refused.error().severity().endsSession()).isTrue();
        });
    }

    private static String text(ScramStep step) {
        return switch (step) {
            case ScramStep.Continue next -> new String(next.data(), StandardCharsets.ISO_8859_1);
            case ScramStep.Accepted accepted -> new String(accepted.data(), StandardCharsets.ISO_8859_1);
            case ScramStep.Refused refused -> throw new AssertionError(refused.error());
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
