package io.penstock.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards a Postgres server.
 *
 * @param rootCert the authorities by one of which the server's certificate must be signed; null for those of the system
 * @param cert our own certificate, where the server asks for one
 * @param key its private key in PKCS#8
 * @param keyAlgorithm what kind of key it is: {@code RSA}, {@code EC}; null without a key
 */
public record ServerTlsSettings(
        Mode mode,
        @Nullable Path rootCert,
        @Nullable Path cert,
        @Nullable Path key,
        @Nullable String keyAlgorithm) {
    public ServerTlsSettings {
        if ((cert == null) != (key == null) || (key == null) != (keyAlgorithm == null)) {
            throw new IllegalArgumentException("a certificate needs its key");
        }
        if (rootCert != null && !mode.verifies()) {
            throw new IllegalArgumentException(mode + " looks at no authority");
        }
        if (rootCert == null && mode == Mode.VERIFY_CA) {
            throw new IllegalArgumentException("any server has a certificate of the system's authorities");
        }
    }

    /** How sure we want to be of the server: libpq's sslmode. */
    public enum Mode {
        /** No TLS. */
        DISABLE,
        /** TLS where the server has it, whoever it is. Against listening only. */
        PREFER,
        /** TLS or nothing, whoever the server is. Against listening only. */
        REQUIRE,
        /** And its certificate is of our authority. */
        VERIFY_CA,
        /** And it is that of the host that was asked for. */
        VERIFY_FULL;

        /** As libpq spells it: {@code verify-full}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The mode of a word, or null. */
        public static @Nullable Mode of(String word) {
            return Arrays.stream(values())
                    .filter(mode -> mode.word().equals(word))
                    .findFirst()
                    .orElse(null);
        }

        /** All words. */
        public static List<String> words() {
            return Arrays.stream(values()).map(Mode::word).toList();
        }

        public boolean verifies() {
            return this == VERIFY_CA || this == VERIFY_FULL;
        }
    }

    /** With a mode and nothing else. */
    public static ServerTlsSettings of(Mode mode) {
        return new ServerTlsSettings(mode, null, null, null, null);
    }

    /** The same for pgjdbc, as parameters of its URL. */
    String jdbcParameters() {
        StringBuilder parameters = new StringBuilder("sslmode=").append(mode.word());
        if (rootCert != null) {
            append(parameters, "sslrootcert", rootCert.toString());
        } else if (mode == Mode.VERIFY_FULL) {
            // Its own factory would look for a file in the home directory.
            append(parameters, "sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        if (cert != null && key != null && keyAlgorithm != null) {
            append(parameters, "sslcert", cert.toString());
            append(parameters, "sslkey", key.toString());
            append(parameters, "pemKeyAlgorithm", keyAlgorithm);
        }
        return parameters.toString();
    }

    private static void append(StringBuilder parameters, String name, String value) {
        parameters.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    /** For a mistake's text. */
    public static String form() {
        return "must be " + Mode.words().stream().collect(Collectors.joining(" or "));
    }
}
