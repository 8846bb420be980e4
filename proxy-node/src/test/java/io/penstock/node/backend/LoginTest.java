package io.penstock.node.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.backend.Login.Step;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessage.AuthenticationCleartextPassword;
import io.penstock.protocol.message.BackendMessage.AuthenticationGss;
import io.penstock.protocol.message.BackendMessage.AuthenticationMd5Password;
import io.penstock.protocol.message.BackendMessage.AuthenticationOk;
import io.penstock.protocol.message.BackendMessage.AuthenticationSasl;
import io.penstock.protocol.message.BackendMessage.AuthenticationSaslContinue;
import io.penstock.protocol.message.BackendMessage.AuthenticationSaslFinal;
import io.penstock.protocol.message.BackendMessage.BackendKeyData;
import io.penstock.protocol.message.BackendMessage.ErrorResponse;
import io.penstock.protocol.message.BackendMessage.NegotiateProtocolVersion;
import io.penstock.protocol.message.BackendMessage.NoticeResponse;
import io.penstock.protocol.message.BackendMessage.ParameterStatus;
import io.penstock.protocol.message.BackendMessage.ReadyForQuery;
import io.penstock.protocol.message.FrontendMessage.PasswordMessage;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import io.penstock.protocol.message.FrontendMessage.SaslResponse;
import io.penstock.protocol.message.FrontendMessage.Startup;
import io.penstock.protocol.message.ProtocolVersion;
import io.penstock.protocol.message.TransactionStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Walks the rows of the table in {@link Login}. The SCRAM messages are those of RFC 7677, chapter 3, with the user that Postgres ignores. */
class LoginTest {
    private static final Credentials PENCIL = new Credentials.Password("pencil");
    private static final AuthenticationSasl SCRAM = new AuthenticationSasl(List.of("SCRAM-SHA-256"));
    private static final ReadyForQuery READY = new ReadyForQuery(TransactionStatus.IDLE);

    @Test
    void startupCarriesAllParameters() {
        Login login = new Login(
                new ServerLogin(
                        "paul", "arrakis", PENCIL, Map.of("options", "-c geqo=off", "application_name", "psql")),
                () -> "nonce");
        assertThat(login.startup())
                .isEqualTo(new Startup(
                        ProtocolVersion.V3_0,
                        Map.of(
                                "user", "paul",
                                "database", "arrakis",
                                "options", "-c geqo=off",
                                "application_name", "psql")));
    }

    @Test
    void trustIsReadyWithKeyAndParameters() {
        Login login = login(new Credentials.None());
        assertWaits(login.on(new AuthenticationOk()));
        assertWaits(login.on(new ParameterStatus("server_version", "18.6")));
        NoticeResponse notice = new NoticeResponse(List.of());
        assertWaits(login.on(notice));
        BackendKeyData key = new BackendKeyData(7, new byte[] {1, 2, 3, 4});
        assertWaits(login.on(key));
        assertThat(login.on(READY))
                .isEqualTo(new Step.Ready(new Greeting(key, Map.of("server_version", "18.6"), List.of(notice))));
    }

    @Test
    void aServerThatOnlyTalksIsLeft() {
        Login login = login(new Credentials.None());
        assertWaits(login.on(new AuthenticationOk()));
        NoticeResponse notice = new NoticeResponse(List.of());
        for (int i = 0; i < 1_000; i++) {
            assertWaits(login.on(notice));
        }
        assertThat(login.on(notice)).isInstanceOf(Step.Failed.class);
    }

    @Test
    void minorVersionThatIsNotSpokenChangesNothing() {
        Login login = login(PENCIL);
        assertWaits(login.on(new NegotiateProtocolVersion(ProtocolVersion.V3_0, List.of())));
        assertWaits(login.on(new AuthenticationOk()));
    }

    @Test
    void cleartextAndMd5AreAnswered() {
        assertThat(login(PENCIL).on(new AuthenticationCleartextPassword()))
                .isEqualTo(new Step.Send(new PasswordMessage("pencil")));
        Login md5 = login(PENCIL);
        // md5(md5("pencil" + "paul") + salt)
        assertThat(md5.on(new AuthenticationMd5Password(new byte[] {1, 2, 3, 4})))
                .isInstanceOfSatisfying(
                        Step.Send.class,
                        send -> assertThat(((PasswordMessage) send.message()).password())
                                .startsWith("md5")
                                .hasSize(35));
        assertWaits(md5.on(new AuthenticationOk()));
    }

    @Test
    void scramGoesItsThreeSteps() {
        Login login = login(PENCIL);
        Step first = login.on(SCRAM);
        assertThat(first).isInstanceOfSatisfying(Step.Send.class, send -> {
            SaslInitialResponse initial = (SaslInitialResponse) send.message();
            assertThat(initial.mechanism()).isEqualTo("SCRAM-SHA-256");
            assertThat(new String(initial.data(), UTF_8)).contains("r=rOprNGfwEbeRWgbNEkqO");
        });
        BackendMessage challenge =
                data("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        assertThat(Login.isCostly(challenge)).isTrue();
        assertThat(login.on(challenge))
                .isInstanceOfSatisfying(
                        Step.Send.class, send -> assertThat(send.message()).isInstanceOf(SaslResponse.class));
        assertRefused(login.on(new AuthenticationSaslFinal("v=AAAA".getBytes(UTF_8))), "SCRAM exchange");
    }

    @Test
    void overTlsScramIsBoundToTheServersCertificate() {
        Login bound = new Login(new ServerLogin("paul", "arrakis", PENCIL, Map.of()), () -> "nonce", new byte[32]);
        assertThat(mechanism(bound.on(new AuthenticationSasl(List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")))))
                .isEqualTo("SCRAM-SHA-256-PLUS p=tls-server-end-point");
        // Flag y: whoever took PLUS out of the offer is found out by the server.
        Login stripped = new Login(new ServerLogin("paul", "arrakis", PENCIL, Map.of()), () -> "nonce", new byte[32]);
        assertThat(mechanism(stripped.on(SCRAM))).isEqualTo("SCRAM-SHA-256 y");
        assertThat(mechanism(login(PENCIL).on(SCRAM))).isEqualTo("SCRAM-SHA-256 n");
    }

    private static String mechanism(Step step) {
        SaslInitialResponse initial = (SaslInitialResponse) ((Step.Send) step).message();
        String first = new String(initial.data(), UTF_8);
        return initial.mechanism() + " " + first.substring(0, first.indexOf(','));
    }

    @Test
    void serverThatSkipsItsProofIsRefused() {
        Login atOnce = login(PENCIL);
        atOnce.on(SCRAM);
        assertRefused(atOnce.on(new AuthenticationOk()), "could not log in");

        Login afterwards = login(PENCIL);
        afterwards.on(SCRAM);
        afterwards.on(data("r=rOprNGfwEbeRWgbNEkqO%hvY,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        assertRefused(afterwards.on(new AuthenticationOk()), "could not log in");
    }

    @Test
    void serverThatAsksForTooMuchWorkIsRefused() {
        Login login = login(PENCIL);
        login.on(SCRAM);
        assertRefused(
                login.on(data("r=rOprNGfwEbeRWgbNEkqO%hvY,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2147483647")), "SCRAM exchange");
    }

    @Test
    void passwordIsAskedForOnceOnly() {
        Login login = login(PENCIL);
        login.on(new AuthenticationCleartextPassword());
        assertRefused(login.on(new AuthenticationCleartextPassword()), "could not log in");
        Login late = login(PENCIL);
        late.on(new AuthenticationOk());
        assertRefused(late.on(new AuthenticationCleartextPassword()), "could not log in");
    }

    @Test
    void methodsThatWeDoNotHaveAreRefused() {
        assertRefused(login(PENCIL).on(new AuthenticationGss()), "could not log in");
        assertRefused(login(PENCIL).on(new AuthenticationSasl(List.of("OAUTHBEARER"))), "SCRAM exchange");
        assertRefused(login(new Credentials.None()).on(SCRAM), "could not log in");
        assertRefused(login(new Credentials.None()).on(new AuthenticationCleartextPassword()), "could not log in");
    }

    @Test
    void errorsAreTheServersOwn() {
        PgError error = PgError.of(Severity.FATAL, "3D000", "database \"arrakis\" does not exist");
        assertThat(login(PENCIL).on(ErrorResponse.of(error))).isEqualTo(new Step.Failed(error));
    }

    @Test
    void messagesOutOfPlaceAreRefused() {
        assertRefused(login(PENCIL).on(READY), "could not log in");
        assertRefused(login(PENCIL).on(new ParameterStatus("a", "b")), "could not log in");
        Login settling = login(PENCIL);
        settling.on(new AuthenticationOk());
        assertRefused(settling.on(new BackendMessage.CommandComplete("SELECT 1")), "could not log in");
        assertRefused(settling.on(READY), "could not log in");
    }

    @Test
    void endlessSettingsAreRefused() {
        Login login = login(PENCIL);
        login.on(new AuthenticationOk());
        Step last = new Step.Wait();
        for (int i = 0; i <= 1_000; i++) {
            last = login.on(new ParameterStatus("setting" + i, ""));
        }
        assertRefused(last, "could not log in");
    }

    private static Login login(Credentials credentials) {
        return new Login(new ServerLogin("paul", "arrakis", credentials, Map.of()), () -> "rOprNGfwEbeRWgbNEkqO");
    }

    private static AuthenticationSaslContinue data(String text) {
        return new AuthenticationSaslContinue(text.getBytes(UTF_8));
    }

    private static void assertWaits(Step step) {
        assertThat(step).isEqualTo(new Step.Wait());
    }

    private static void assertRefused(Step step, String message) {
        assertThat(step)
                .isInstanceOfSatisfying(
                        Step.Failed.class,
                        failed -> assertThat(failed.error().message()).contains(message));
    }
}
