package io.penstock.protocol.auth;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The channel binding {@code tls-server-end-point} (RFC 5929, chapter 4): the hash of the server's certificate by the hash function of its
 * signature, where MD5 and SHA-1 give way to SHA-256.
 */
public final class ServerEndPoint {
    private ServerEndPoint() {}

    /**
     * The binding of a certificate, or null for a signature without one hash function of its own (Ed25519, ML-DSA): both sides would have to
     * guess, so there is no SCRAM-SHA-256-PLUS with it.
     */
    public static byte @Nullable [] of(X509Certificate certificate) {
        String hash = hash(certificate);
        if (hash == null) {
            return null;
        }
        try {
            return MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        } catch (GeneralSecurityException unknown) {
            return null; // a hash that this Java does not have: as good as none
        }
    }

    private static @Nullable String hash(X509Certificate certificate) {
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (signature.equals("RSASSA-PSS")) {
            return ofPss(certificate);
        }
        int with = signature.indexOf("WITH");
        return with < 0 ? null : strong(signature.substring(0, with));
    }

    private static @Nullable String ofPss(X509Certificate certificate) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(certificate.getSigAlgParams());
            return strong(parameters
                    .getParameterSpec(PSSParameterSpec.class)
                    .getDigestAlgorithm()
                    .toUpperCase(Locale.ROOT)
                    .replace("-", ""));
        } catch (GeneralSecurityException | java.io.IOException unreadable) {
            return null;
        }
    }

    /** The name that {@link MessageDigest} wants. */
    private static @Nullable String strong(String name) {
        return switch (name) {
            case "MD5", "SHA1", "SHA256" -> "SHA-256";
            case "SHA224" -> "SHA-224";
            case "SHA384" -> "SHA-384";
            case "SHA512" -> "SHA-512";
            default -> null;
        };
    }
}
