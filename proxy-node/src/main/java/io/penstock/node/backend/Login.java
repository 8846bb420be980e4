package io.penstock.node.backend;

import io.penstock.protocol.auth.PasswordAnswers;
import io.penstock.protocol.auth.ScramClient;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessage.Authentication;
import io.penstock.protocol.message.BackendMessage.AuthenticationCleartextPassword;
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
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The login to a server, from the startup packet to the first ReadyForQuery, without I/O: messages in, steps out.
 *
 * <pre>
 * state      message                        next       step
 * ASKED      AuthenticationOk               SETTLING   wait
 * ASKED      CleartextPassword, MD5         ANSWERED   send the password, or its hash
 * ASKED      SASL with SCRAM-SHA-256        PROVING    send client-first
 * PROVING    SASLContinue                   PROVEN     send client-final
 * PROVEN     SASLFinal, right signature     ANSWERED   wait
 * ANSWERED   AuthenticationOk               SETTLING   wait
 * SETTLING   ParameterStatus, KeyData       SETTLING   wait
 * SETTLING   ReadyForQuery                  DONE       ready
 * any        NoticeResponse                 same       wait: it is kept for the client
 * ASKED      NegotiateProtocolVersion       ASKED      wait: we ask for 3.0 and no options, so it changes nothing
 * any        ErrorResponse                  DONE       failed, in the server's words
 * any        anything else                  DONE       failed: AuthenticationOk in the middle of SCRAM above all, from a server that
 *                                                      does not know the password
 * </pre>
 *
 * <p>It asks for protocol 3.0, whose cancel keys every client can be given. What it hears is bounded, because the server may not be the
 * one that was meant (a name that was taken over, say).
 */
final class Login {
    /** Postgres reports about 15 settings, with extensions a few more. */
    private static final int MOST_PARAMETERS = 1_000;
    /** They are kept for the client until the login is over. */
    private static final int MOST_NOTICES = 1_000;

    /** What to do next. */
    sealed interface Step {
        record Send(FrontendMessage message) implements Step {}

        record Wait() implements Step {}

        record Ready(Greeting greeting) implements Step {}

        record Failed(PgError error) implements Step {}
    }

    private enum State {
        ASKED,
        PROVING,
        PROVEN,
        ANSWERED,
        SETTLING,
        DONE
    }

    private final ServerLogin login;
    private final Supplier<String> nonces;
    private final byte @Nullable [] endPoint;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final List<NoticeResponse> notices = new ArrayList<>();
    private State state = State.ASKED;
    private @Nullable ScramClient scram;
    private @Nullable BackendKeyData key;

    /** @param nonces give each SCRAM exchange its own, printable and without comma */
    Login(ServerLogin login, Supplier<String> nonces) {
        this(login, nonces, null);
    }

    /** @param endPoint what SCRAM can be bound to over TLS */
    Login(ServerLogin login, Supplier<String> nonces, byte @Nullable [] endPoint) {
        this.login = login;
        this.nonces = nonces;
        this.endPoint = endPoint;
    }

    /** The message that begins it. */
    FrontendMessage startup() {
        return new FrontendMessage.Startup(ProtocolVersion.V3_0, login.startup());
    }

    /** Whether the answer to the message costs milliseconds of computing, which an event loop should not spend. */
    static boolean isCostly(BackendMessage message) {
        return message instanceof AuthenticationSaslContinue;
    }

    Step on(BackendMessage message) {
        try {
            return switch (message) {
                case NoticeResponse said -> notice(said);
                case ErrorResponse refused -> failed(refused.error());
                case Authentication authentication -> authentication(authentication);
                case NegotiateProtocolVersion _ when state == State.ASKED -> new Step.Wait();
                case ParameterStatus parameter when state == State.SETTLING -> parameter(parameter);
                case BackendKeyData received
                when state == State.SETTLING -> {
                    key = received;
                    yield new Step.Wait();
                }
                case ReadyForQuery _
                when state == State.SETTLING -> {
                    state = State.DONE;
                    yield new Step.Ready(new Greeting(key, parameters, notices));
                }
                default -> refused("The server sent a message that has no place in a login.");
            };
        } catch (ProtocolViolation violation) {
            return failed(violation.error());
        }
    }

    private Step notice(NoticeResponse notice) {
        notices.add(notice);
        return notices.size() > MOST_NOTICES
                ? refused("The server says more than a Postgres does at a login.")
                : new Step.Wait();
    }

    private Step parameter(ParameterStatus parameter) {
        parameters.put(parameter.name(), parameter.value());
        return parameters.size() > MOST_PARAMETERS
                ? refused("The server reports more settings than a Postgres has.")
                : new Step.Wait();
    }

    private Step authentication(Authentication message) {
        return switch (state) {
            case ASKED -> asked(message);
            case PROVING ->
                message instanceof AuthenticationSaslContinue more && scram != null
                        ? send(State.PROVEN, scram.next(more.data()))
                        : refused("The server left out a step of SCRAM.");
            case PROVEN -> {
                if (message instanceof AuthenticationSaslFinal last && scram != null) {
                    scram.verify(last.data());
                    yield move(State.ANSWERED);
                }
                yield refused("The server did not prove that it knows the password.");
            }
            case ANSWERED ->
                message instanceof AuthenticationOk
                        ? move(State.SETTLING)
                        : refused("The server asks for a second proof.");
            case SETTLING, DONE -> refused("The server asks for a proof after the login.");
        };
    }

    private Step asked(Authentication message) {
        return switch (message) {
            case AuthenticationOk _ -> move(State.SETTLING);
            case AuthenticationCleartextPassword _ ->
                withPassword(password -> send(State.ANSWERED, PasswordAnswers.cleartext(password)));
            case AuthenticationMd5Password md5 ->
                withPassword(password -> send(State.ANSWERED, PasswordAnswers.md5(login.user(), password, md5.salt())));
            case AuthenticationSasl sasl -> sasl(sasl.mechanisms());
            case BackendMessage.AuthenticationKerberosV5 _,
                    BackendMessage.AuthenticationGss _,
                    BackendMessage.AuthenticationGssContinue _,
                    BackendMessage.AuthenticationSspi _,
                    AuthenticationSaslContinue _,
                    AuthenticationSaslFinal _ ->
                refused("The server asks for a method that is not supported; trust, password, md5 and scram-sha-256"
                        + " are.");
        };
    }

    private interface PasswordStep {
        Step with(String password);
    }

    private Step withPassword(PasswordStep step) {
        return switch (login.credentials()) {
            case Credentials.Password(String password) -> step.with(password);
            case Credentials.Keys _ ->
                refused("The server asks for the password itself, of which only the SCRAM keys are known.");
            case Credentials.None _ -> noPassword();
        };
    }

    private Step sasl(List<String> mechanisms) {
        return switch (login.credentials()) {
            case Credentials.Password(String password) ->
                prove(ScramClient.withPassword(mechanisms, password, endPoint, nonces));
            case Credentials.Keys(ScramKeys keys) -> prove(ScramClient.withKeys(mechanisms, keys, endPoint, nonces));
            case Credentials.None _ -> noPassword();
        };
    }

    private Step prove(ScramClient started) {
        scram = started;
        return send(State.PROVING, started.first());
    }

    private Step noPassword() {
        return refused("The server asks for a password and none is configured.");
    }

    private Step move(State next) {
        state = next;
        return new Step.Wait();
    }

    private Step send(State next, FrontendMessage message) {
        state = next;
        return new Step.Send(message);
    }

    private Step refused(String detail) {
        return failed(ErrorCode.SERVER_LOGIN_FAILED.error(login.database()).withDetail(detail));
    }

    private Step failed(PgError error) {
        state = State.DONE;
        return new Step.Failed(error);
    }
}
