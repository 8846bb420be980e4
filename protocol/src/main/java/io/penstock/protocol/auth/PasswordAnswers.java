package io.penstock.protocol.auth;

import io.penstock.protocol.message.FrontendMessage.PasswordMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A client's answers to the older password requests, for logging in to servers that still make them. */
public final class PasswordAnswers {
    private PasswordAnswers() {}

    /** The password as it is. Send it over TLS or loopback only. */
    public static PasswordMessage cleartext(String password) {
        return new PasswordMessage(password);
    }

    /**
     * PostgreSQL's MD5 answer: {@code "md5" + md5(md5(password + user) + salt)}, the hashes in hexadecimal.
     *
     * @param salt the 4 bytes of the request
     */
    public static PasswordMessage md5(String user, String password, byte[] salt) {
        String inner = md5((password + user).getBytes(StandardCharsets.UTF_8), new byte[0]);
        return new PasswordMessage("md5" + md5(inner.getBytes(StandardCharsets.US_ASCII), salt));
    }

    private static String md5(byte[] data, byte[] salt) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(data);
            return HexFormat.of().formatHex(digest.digest(salt));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
