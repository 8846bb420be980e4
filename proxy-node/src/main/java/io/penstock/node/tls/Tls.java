package io.penstock.node.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** What holds for every TLS connection of a node, to clients and to servers. */
final class Tls {
    /** The name of the protocol in ALPN, as IANA has it registered and libpq says it. */
    static final String ALPN = "postgresql";

    /** Reference-counted where it is BoringSSL: its memory goes with the connection and does not wait for a garbage collection. */
    private static final SslProvider NATIVE = OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;

    private Tls() {}

    /** @param keyAlgorithm of our own key; empty where we show no certificate */
    static SslContext build(SslContextBuilder builder, String keyAlgorithm) throws IOException {
        try {
            return builder.sslProvider(provider(keyAlgorithm))
                    // PostgreSQL's ssl_min_protocol_version as well.
                    .protocols("TLSv1.3", "TLSv1.2")
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ALPN))
                    .build();
        } catch (SSLException | IllegalArgumentException refused) {
            throw new IOException(reason(refused), refused);
        }
    }

    /** Netty's binding to BoringSSL chooses among RSA and EC keys only. */
    private static SslProvider provider(String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "", "RSA", "EC" -> NATIVE;
            default -> SslProvider.JDK;
        };
    }

    /** What to tell the operator of a failure, in one line. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
