package io.penstock.protocol.auth;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server keeps of a password (RFC 5803), in PostgreSQL's notation {@code SCRAM-SHA-256$iterations:salt$storedKey:serverKey}. It
 * lets a client prove that it knows the password and does not let its finder log in.
 */
public final class ScramVerifier {
    static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;

    /** The length of SHA-256's hashes, in bytes. */
    static final int KEY_BYTES = 32;

    /** What PostgreSQL takes when nothing else is said. */
    public static final int DEFAULT_ITERATIONS = 4_096;

    /** More of them we do not compute: whoever may choose the number can keep a thread busy (CVE-2026-42198). */
    public static final int MOST_ITERATIONS = 100_000;

    private static final int SALT_BYTES = 16;

    /** Longer than any verifier that makes sense, so that the pattern is never matched against megabytes. */
    private static final int LONGEST_TEXT = 4_096;

    private static final Pattern TEXT = Pattern.compile(
            "SCRAM-SHA-256\\$([1-9][0-9]{0,8}):([A-Za-z0-9+/]+={0,2})\\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)");

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /**
     * The verifier of PostgreSQL's notation, as in {@code pg_authid.rolpassword}.
     *
     * @throws IllegalArgumentException when it is something else; the message does not repeat it
     */
    public static ScramVerifier parse(String text) {
        Matcher matcher = TEXT.matcher(text.length() > LONGEST_TEXT ? "" : text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a SCRAM-SHA-256 verifier");
        }
        Base64.Decoder decoder = Base64.getDecoder();
        try {
            return new ScramVerifier(
                    Integer.parseInt(matcher.group(1)),
                    decoder.decode(matcher.group(2)),
                    decoder.decode(matcher.group(3)),
                    decoder.decode(matcher.group(4)));
        } catch (IllegalArgumentException e) {
            // The pattern lets padding through that base64 does not; its message would quote the text.
            throw new IllegalArgumentException("not a SCRAM-SHA-256 verifier");
        }
    }

    /**
     * The verifier of a password, prepared by SASLprep as PostgreSQL does it: a password that cannot be prepared is taken as it is.
     *
     * @param salt random bytes, 16 by custom
     * @param iterations at most {@link #MOST_ITERATIONS}
     */
    public static ScramVerifier of(String password, byte[] salt, int iterations) {
        if (password.isEmpty()) {
            throw new IllegalArgumentException("empty password");
        }
        if (salt.length == 0 || iterations < 1 || iterations > MOST_ITERATIONS) {
            throw new IllegalArgumentException("salt of " + salt.length + " bytes, " + iterations + " iterations");
        }
        byte[] salted = ScramFunctions.saltedPassword(
                MECHANISM, StringPreparation.POSTGRESQL_PREPARATION, password.toCharArray(), salt, iterations);
        byte[] clientKey = ScramFunctions.clientKey(MECHANISM, salted);
        return new ScramVerifier(
                iterations,
                salt.clone(),
                ScramFunctions.storedKey(MECHANISM, clientKey),
                ScramFunctions.serverKey(MECHANISM, salted));
    }

    /**
     * A verifier that nobody can satisfy, for a user that does not exist: the exchange goes the same way as for one that does, with the
     * same salt each time, so that a stranger cannot find out which users there are.
     *
     * @param secret the cluster's own; with another secret an unknown user gets another salt, which a known one never does
     */
    public static ScramVerifier mock(String user, byte[] secret) {
        byte[] salt = Arrays.copyOf(Keys.hmac(secret, utf8("salt " + user)), SALT_BYTES);
        // Nobody has a client key with this hash, and nobody sees it. The caller refuses the proof whatever it is.
        byte[] unreachable = Keys.hmac(secret, utf8("key " + user));
        return new ScramVerifier(DEFAULT_ITERATIONS, salt, unreachable, unreachable);
    }

    /** Whether it is the password; for logins that send it in the clear. Costs as much as {@link #of}. */
    public boolean matches(String password) {
        if (password.isEmpty() || iterations > MOST_ITERATIONS) {
            return false;
        }
        return MessageDigest.isEqual(storedKey, of(password, salt, iterations).storedKey);
    }

    /** PostgreSQL's notation. A secret of its own kind: it does not belong into a log. */
    public String text() {
        Base64.Encoder encoder = Base64.getEncoder();
        return "SCRAM-SHA-256$" + iterations + ":" + encoder.encodeToString(salt) + "$"
                + encoder.encodeToString(storedKey) + ":" + encoder.encodeToString(serverKey);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    int iterations() {
        return iterations;
    }

    byte[] salt() {
        return salt;
    }

    byte[] storedKey() {
        return storedKey;
    }

    byte[] serverKey() {
        return serverKey;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScramVerifier that
                && iterations == that.iterations
                && MessageDigest.isEqual(salt, that.salt)
                && MessageDigest.isEqual(storedKey, that.storedKey)
                && MessageDigest.isEqual(serverKey, that.serverKey);
    }

    @Override
    public int hashCode() {
        return Objects.hash(iterations, Arrays.hashCode(salt));
    }

    @Override
    public String toString() {
        return "ScramVerifier[" + iterations + " iterations]";
    }
}
