package io.penstock.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards clients.
 *
 * @param cert the certificate in PEM, followed by those between it and the authority
 * @param key its private key in PEM, PKCS#8, without a passphrase
 * @param clientCa the authorities by one of which a client's certificate must be signed; null where clients need none
 * @param require whether a client that does not encrypt is refused
 */
public record ListenerTlsSettings(
        Path cert, Path key, @Nullable Path clientCa, boolean require) {
    public ListenerTlsSettings {
        if (clientCa != null && !require) {
            throw new IllegalArgumentException("a client without TLS shows no certificate");
        }
    }
}
