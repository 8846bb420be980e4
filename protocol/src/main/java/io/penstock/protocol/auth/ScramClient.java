package io.penstock.protocol.auth;

import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import io.penstock.protocol.message.FrontendMessage.SaslResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of one SCRAM-SHA-256 exchange, for logging in to a server: the library of com.ongres, and around it the caps that a
 * hostile server must not get past (CVE-2026-6665, CVE-2026-42198).
 *
 * <p>Call {@link #first}, then {@link #next} with the data of AuthenticationSASLContinue, then {@link #verify} with that of
 * AuthenticationSASLFinal. Not before verify has returned is the server the one that knows the password. With a password, next computes
 * its hash, which takes up to some tens of milliseconds: keep {@link ScramKeys} where many connections are made.
 */
public final class ScramClient {
    /** A server's messages are one or two hundred bytes long. */
    private static final int LONGEST_MESSAGE = 4_096;

    private static final Pattern ITERATIONS = Pattern.compile("[1-9][0-9]{0,8}");

    private final com.ongres.scram.client.ScramClient client;

    private ScramClient(com.ongres.scram.client.ScramClient client) {
        this.client = client;
    }

    /**
     * An exchange with a password.
     *
     * @param offered the mechanisms of AuthenticationSASL
     * @param endPoint the hash of the server's certificate (tls-server-end-point), null without TLS or where there is none
     * @param nonce gives a fresh one, printable without comma
     * @throws io.penstock.protocol.error.ProtocolViolation when the server offers nothing that we do
     */
    public static ScramClient withPassword(
            List<String> offered, String password, byte @Nullable [] endPoint, Supplier<String> nonce) {
        return build(() -> stage(offered).password(password.toCharArray()), endPoint, nonce);
    }

    /** An exchange with the keys that the user's own login has left; see {@link ScramKeys}. */
    public static ScramClient withKeys(
            List<String> offered, ScramKeys keys, byte @Nullable [] endPoint, Supplier<String> nonce) {
        return build(() -> stage(offered).clientAndServerKey(keys.clientKey(), keys.serverKey()), endPoint, nonce);
    }

    /** The choice of the mechanism with the first message. */
    public SaslInitialResponse first() {
        return new SaslInitialResponse(
                client.getScramMechanism().getName(),
                client.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The answer to AuthenticationSASLContinue.
     *
     * @throws io.penstock.protocol.error.ProtocolViolation when the server's message is malformed, too long or asks for too much work
     */
    public SaslResponse next(byte[] serverFirst) {
        String message = text(serverFirst);
        try {
            // Before the library, which trusts the message to be whole and does the work that it asks for.
            checkServerFirst(new ScramAttributes(message, ErrorCode.SERVER_SCRAM_REFUSED));
            client.serverFirstMessage(message);
            return new SaslResponse(client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8));
        } catch (ScramException | IllegalArgumentException | IllegalStateException e) {
            throw ErrorCode.SERVER_SCRAM_REFUSED.violation("malformed first message");
        }
    }

    /**
     * Checks AuthenticationSASLFinal: whether the server knows the password as well.
     *
     * @throws io.penstock.protocol.error.ProtocolViolation when it does not
     */
    public void verify(byte[] serverFinal) {
        String message = text(serverFinal);
        try {
            // Also an error of the server, "e=...", is no proof.
            checkServerFinal(new ScramAttributes(message, ErrorCode.SERVER_SCRAM_REFUSED));
            client.serverFinalMessage(message);
        } catch (ScramException | IllegalArgumentException | IllegalStateException e) {
            throw ErrorCode.SERVER_SCRAM_REFUSED.violation("wrong server signature");
        }
    }

    private static void checkServerFirst(ScramAttributes attributes) {
        attributes.take('r');
        attributes.base64(attributes.take('s'), "salt");
        String iterations = attributes.take('i');
        if (!ITERATIONS.matcher(iterations).matches() || Integer.parseInt(iterations) > ScramVerifier.MOST_ITERATIONS) {
            throw attributes.malformed("too many iterations");
        }
    }

    private static void checkServerFinal(ScramAttributes attributes) {
        byte[] signature = attributes.base64(attributes.take('v'), "signature");
        if (signature.length != ScramVerifier.KEY_BYTES) {
            throw attributes.malformed("signature");
        }
    }

    private static com.ongres.scram.client.ScramClient.PasswordBuildStage stage(List<String> offered) {
        // The library knows more hashes than our keys fit.
        List<String> known = offered.stream()
                .filter(name -> name.equals(ScramServer.SCRAM_SHA_256) || name.equals(ScramServer.SCRAM_SHA_256_PLUS))
                .toList();
        // PostgreSQL takes the user of the startup packet, and clients leave the name here empty; the library wants
        // one.
        return com.ongres.scram.client.ScramClient.builder()
                .advertisedMechanisms(known)
                .username("*");
    }

    private static ScramClient build(
            Supplier<com.ongres.scram.client.ScramClient.FinalBuildStage> start,
            byte @Nullable [] endPoint,
            Supplier<String> nonce) {
        try {
            com.ongres.scram.client.ScramClient.FinalBuildStage stage = start.get()
                    .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION)
                    .nonceSupplier(nonce);
            if (endPoint != null) {
                stage = stage.channelBinding("tls-server-end-point", endPoint);
            }
            return new ScramClient(stage.build());
        } catch (IllegalArgumentException e) {
            throw ErrorCode.SERVER_SCRAM_REFUSED.violation("no common mechanism");
        }
    }

    private static String text(byte[] data) {
        if (data.length > LONGEST_MESSAGE) {
            throw ErrorCode.SERVER_SCRAM_REFUSED.violation("message of " + data.length + " bytes");
        }
        return new String(data, StandardCharsets.UTF_8);
    }
}
