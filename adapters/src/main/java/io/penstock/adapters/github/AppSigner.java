package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Signs for a GitHub App: a JSON Web Token by RS256 (RFC 7515, RFC 7518). */
public final class AppSigner {
    /** GitHub takes ten minutes at most, by its own clock. */
    private static final Duration LIFE = Duration.ofMinutes(9);

    /** As GitHub advises, since a clock ahead of its own would make a token of the future. */
    private static final Duration CLOCK_AHEAD = Duration.ofMinutes(1);

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (RSA )?PRIVATE KEY-----");

    /** In front of a PKCS #1 key in PKCS #8: version 0 and the algorithm rsaEncryption (RFC 5958, RFC 8017). */
    private static final byte[] RSA_ENCRYPTION = {
        2, 1, 0, 0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
    };

    private static final byte SEQUENCE = 0x30;
    private static final byte OCTETS = 4;

    private final String issuer;
    private final PrivateKey key;

    /**
     * A signer of one app.
     *
     * @param issuer the app's client id or its number
     * @param pem the private key as GitHub hands it out (PKCS #1), or as openssl writes it (PKCS #8)
     * @throws IllegalArgumentException where that is no RSA key; the message does not tell what it is
     */
    public AppSigner(String issuer, String pem) {
        this.issuer = issuer;
        Matcher matcher = PEM.matcher(pem);
        if (!matcher.find()) {
            throw new IllegalArgumentException("the private key of a GitHub App is a PEM file");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
            boolean bare = matcher.group(1) != null;
            this.key =
                    KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(bare ? wrapped(der) : der));
        } catch (GeneralSecurityException unreadable) {
            throw new IllegalArgumentException("the private key of a GitHub App is an RSA key", unreadable);
        }
    }

    /** A token of this moment. */
    String token(Instant now) {
        ObjectNode claims = Json.object()
                .put("iat", now.minus(CLOCK_AHEAD).getEpochSecond())
                .put("exp", now.plus(LIFE).getEpochSecond())
                .put("iss", issuer);
        String signed = encoded(Json.object().put("alg", "RS256").put("typ", "JWT")) + "." + encoded(claims);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encoded(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no RS256 on this machine", e);
        }
    }

    private static String encoded(ObjectNode json) {
        return encoded(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** A PKCS #1 key in PKCS #8, which is all that Java reads. */
    private static byte[] wrapped(byte[] key) {
        byte[] octets = element(OCTETS, key);
        return element(
                SEQUENCE,
                ByteBuffer.allocate(RSA_ENCRYPTION.length + octets.length)
                        .put(RSA_ENCRYPTION)
                        .put(octets)
                        .array());
    }

    /** An element of DER with a length of two bytes, which is every length of an RSA key (X.690, 8.1.3.5). */
    private static byte[] element(byte tag, byte[] content) {
        return ByteBuffer.allocate(content.length + 4)
                .put(tag)
                .put((byte) 0x82)
                .putShort((short) content.length)
                .put(content)
                .array();
    }
}
