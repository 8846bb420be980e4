package io.penstock.protocol.auth;

import com.ongres.scram.common.ScramFunctions;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import io.penstock.protocol.message.FrontendMessage.SaslResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), as PostgreSQL speaks it: the user is the one of the startup
 * packet, and the name inside the exchange is ignored.
 *
 * <pre>
 *  state         event                                        answer                        next state
 *  ------------  -------------------------------------------  ----------------------------  ------------
 *  CLIENT_FIRST  initial response of an offered mechanism     Continue(server-first)        CLIENT_FINAL
 *  CLIENT_FIRST  the same, without data                       Continue(nothing)             CLIENT_FIRST
 *  CLIENT_FIRST  response, after an initial one without data  Continue(server-first)        CLIENT_FINAL
 *  CLIENT_FIRST  mechanism that was not offered               Refused 08P01                 ENDED
 *  CLIENT_FIRST  malformed, or asks for what we do not have   Refused 08P01 or 0A000        ENDED
 *  CLIENT_FIRST  flag y, although PLUS was offered            Refused 28000 (downgrade)     ENDED
 *  CLIENT_FINAL  right proof of a known user                  Accepted(server-final, keys)  ENDED
 *  CLIENT_FINAL  wrong proof, or unknown user                 Refused 28P01                 ENDED
 *  CLIENT_FINAL  another nonce, flag or form                  Refused 08P01                 ENDED
 *  CLIENT_FINAL  binding to another TLS channel               Refused 28000                 ENDED
 *  any           event of another state                       Refused 08P01                 ENDED
 * </pre>
 */
public final class ScramServer {
    /** The mechanism without channel binding. */
    public static final String SCRAM_SHA_256 = "SCRAM-SHA-256";

    /** The mechanism that binds the exchange to the TLS connection. */
    public static final String SCRAM_SHA_256_PLUS = "SCRAM-SHA-256-PLUS";

    private static final String BINDING_TYPE = "tls-server-end-point";

    private enum State {
        CLIENT_FIRST,
        CLIENT_FINAL,
        ENDED
    }

    private final String user;
    private final ScramVerifier verifier;
    private final boolean known;
    private final byte @Nullable [] endPoint;
    private final String serverNonce;

    private State state = State.CLIENT_FIRST;
    private @Nullable String mechanism;
    private String gs2Header = "";
    private String nonce = "";
    private String messages = "";

    private ScramServer(
            String user, ScramVerifier verifier, boolean known, byte @Nullable [] endPoint, String serverNonce) {
        if (!isPrintable(serverNonce)) {
            throw new IllegalArgumentException("nonce that cannot be sent");
        }
        this.user = user;
        this.verifier = verifier;
        this.known = known;
        this.endPoint = endPoint;
        this.serverNonce = serverNonce;
    }

    /**
     * The exchange with a user that exists.
     *
     * @param endPoint the hash of the certificate that the client was shown (RFC 5929, tls-server-end-point), null without TLS or for
     *     certificates that have no such hash: then PLUS is not offered
     * @param serverNonce printable without comma, never used twice; 24 characters of base64 by custom
     */
    public static ScramServer knownUser(
            String user, ScramVerifier verifier, byte @Nullable [] endPoint, String serverNonce) {
        return new ScramServer(user, verifier, true, endPoint, serverNonce);
    }

    /**
     * The exchange with a user that does not exist, or may not log in. It looks and takes as long as with one that exists, and always
     * ends with 28P01.
     *
     * @param mock {@link ScramVerifier#mock} for the user
     */
    public static ScramServer unknownUser(
            String user, ScramVerifier mock, byte @Nullable [] endPoint, String serverNonce) {
        return new ScramServer(user, mock, false, endPoint, serverNonce);
    }

    /** The mechanisms to offer in AuthenticationSASL, the favourite first. */
    public List<String> mechanisms() {
        return endPoint == null ? List.of(SCRAM_SHA_256) : List.of(SCRAM_SHA_256_PLUS, SCRAM_SHA_256);
    }

    /** The client's choice of a mechanism. */
    public ScramStep receive(SaslInitialResponse message) {
        return guarded(() -> {
            if (state != State.CLIENT_FIRST || mechanism != null) {
                throw ErrorCode.SCRAM_MALFORMED.violation("exchange has begun already");
            }
            if (!mechanisms().contains(message.mechanism())) {
                throw ErrorCode.SCRAM_MALFORMED.violation("mechanism was not offered");
            }
            mechanism = message.mechanism();
            byte[] data = message.data();
            return data == null ? new ScramStep.Continue(new byte[0]) : clientFirst(text(data));
        });
    }

    /** The client's next message. */
    public ScramStep receive(SaslResponse message) {
        return guarded(() -> switch (state) {
            case CLIENT_FIRST -> {
                if (mechanism == null) {
                    throw ErrorCode.SCRAM_MALFORMED.violation("no mechanism chosen");
                }
                yield clientFirst(text(message.data()));
            }
            case CLIENT_FINAL -> clientFinal(text(message.data()));
            case ENDED -> throw ErrorCode.SCRAM_MALFORMED.violation("exchange has ended already");
        });
    }

    private interface Reaction {
        ScramStep answer();
    }

    private ScramStep guarded(Reaction reaction) {
        ScramStep step;
        try {
            step = reaction.answer();
        } catch (ProtocolViolation e) {
            step = new ScramStep.Refused(e.error());
        }
        if (!(step instanceof ScramStep.Continue)) {
            state = State.ENDED;
        }
        return step;
    }

    private ScramStep clientFirst(String message) {
        ScramAttributes attributes = new ScramAttributes(message, ErrorCode.SCRAM_MALFORMED);
        channelBindingFlag(attributes);
        if (attributes.peek() == 'a') {
            throw ErrorCode.SCRAM_NOT_SUPPORTED.violation("authorization identities");
        }
        attributes.skip(',');
        gs2Header = message.substring(0, attributes.position());
        String bare = message.substring(attributes.position());
        if (attributes.peek() == 'm') {
            throw ErrorCode.SCRAM_NOT_SUPPORTED.violation("mandatory extensions");
        }
        attributes.take('n');
        String clientNonce = attributes.take('r');
        if (!isPrintable(clientNonce)) {
            throw attributes.malformed("nonce is not printable");
        }
        nonce = clientNonce + serverNonce;
        String serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(verifier.salt()) + ",i="
                + verifier.iterations();
        messages = bare + "," + serverFirst;
        state = State.CLIENT_FINAL;
        return new ScramStep.Continue(bytes(serverFirst));
    }

    /** The flag says what the client thinks of us; a wrong thought means that somebody between us has removed PLUS from our offer. */
    private void channelBindingFlag(ScramAttributes attributes) {
        boolean plus = SCRAM_SHA_256_PLUS.equals(mechanism);
        switch (attributes.peek()) {
            case 'n' -> {
                if (plus) {
                    throw attributes.malformed("PLUS without channel binding");
                }
                attributes.skip('n');
                attributes.skip(',');
            }
            case 'y' -> {
                if (plus) {
                    throw attributes.malformed("PLUS without channel binding");
                }
                if (endPoint != null) {
                    throw ErrorCode.CHANNEL_BINDING_REFUSED.violation("negotiation error");
                }
                attributes.skip('y');
                attributes.skip(',');
            }
            case 'p' -> {
                if (!plus) {
                    throw attributes.malformed("channel binding without PLUS");
                }
                if (!attributes.take('p').equals(BINDING_TYPE)) {
                    throw ErrorCode.SCRAM_NOT_SUPPORTED.violation("other types of channel binding");
                }
            }
            default -> throw attributes.malformed("unknown channel binding flag");
        }
    }

    private ScramStep clientFinal(String message) {
        ScramAttributes attributes = new ScramAttributes(message, ErrorCode.SCRAM_MALFORMED);
        byte[] binding = attributes.base64(attributes.take('c'), "channel binding");
        checkBinding(binding, attributes);
        if (!MessageDigest.isEqual(bytes(attributes.take('r')), bytes(nonce))) {
            throw attributes.malformed("nonce does not match");
        }
        attributes.skipExtensionsTo('p');
        // All before the comma in front of the proof.
        String withoutProof = message.substring(0, attributes.position() - 1);
        byte[] proof = attributes.base64(attributes.take('p'), "proof");
        if (proof.length != ScramVerifier.KEY_BYTES || message.endsWith(",") || !attributes.atEnd()) {
            throw attributes.malformed("proof");
        }
        byte[] signed = bytes(messages + "," + withoutProof);
        byte[] clientKey = xor(proof, Keys.hmac(verifier.storedKey(), signed));
        byte[] storedKey = ScramFunctions.hash(ScramVerifier.MECHANISM, clientKey);
        byte[] signature = Keys.hmac(verifier.serverKey(), signed);
        // Known or not comes last, so that both have cost the same.
        if (!MessageDigest.isEqual(storedKey, verifier.storedKey()) || !known) {
            return new ScramStep.Refused(ErrorCode.PASSWORD_WRONG.error(user));
        }
        return new ScramStep.Accepted(
                bytes("v=" + Base64.getEncoder().encodeToString(signature)),
                new ScramKeys(clientKey, verifier.serverKey()));
    }

    private void checkBinding(byte[] sent, ScramAttributes attributes) {
        byte[] header = bytes(gs2Header);
        byte[] hash = endPoint;
        if (hash == null || !SCRAM_SHA_256_PLUS.equals(mechanism)) {
            if (!MessageDigest.isEqual(sent, header)) {
                throw attributes.malformed("unexpected channel binding");
            }
            return;
        }
        byte[] expected = new byte[header.length + hash.length];
        System.arraycopy(header, 0, expected, 0, header.length);
        System.arraycopy(hash, 0, expected, header.length, hash.length);
        if (!MessageDigest.isEqual(sent, expected)) {
            throw ErrorCode.CHANNEL_BINDING_REFUSED.violation("check failed");
        }
    }

    private static byte[] xor(byte[] left, byte[] right) {
        byte[] result = new byte[left.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (left[i] ^ right[i]);
        }
        return result;
    }

    private static boolean isPrintable(String nonce) {
        return !nonce.isEmpty() && nonce.chars().allMatch(c -> c >= 0x21 && c <= 0x7e && c != ',');
    }

    /** One character for each byte, so that what is signed is what was sent, in whatever encoding. */
    private static String text(byte[] data) {
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
