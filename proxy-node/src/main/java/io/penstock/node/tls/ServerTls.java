package io.penstock.node.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.penstock.config.PemFiles;
import io.penstock.config.ServerTlsSettings;
import io.penstock.config.ServerTlsSettings.Mode;
import io.penstock.protocol.auth.ServerEndPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is demanded of a server's TLS. Authorities and our own certificate can be renewed at any time: the next connection is made with the new
 * ones.
 *
 * <p>Safe for use by several threads.
 */
public final class ServerTls implements AutoCloseable {
    /** For servers that are spoken to in plain text. */
    public static final ServerTls DISABLED =
            new ServerTls(ServerTlsSettings.of(Mode.DISABLE), new WatchedFiles(java.util.List.of()), null);

    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

    private final ServerTlsSettings settings;
    private final WatchedFiles files;
    private @Nullable SslContext context;

    private ServerTls(ServerTlsSettings settings, WatchedFiles files, @Nullable SslContext context) {
        this.settings = settings;
        this.files = files;
        this.context = context;
    }

    /**
     * Reads the files.
     *
     * @throws IOException when one is missing, or is not what it should be
     */
    public static ServerTls open(ServerTlsSettings settings) throws IOException {
        if (settings.mode() == Mode.DISABLE) {
            return DISABLED;
        }
        WatchedFiles files = new WatchedFiles(Stream.of(settings.rootCert(), settings.cert(), settings.key())
                .filter(Objects::nonNull)
                .map(Path.class::cast)
                .toList());
        files.changed();
        return new ServerTls(settings, files, load(settings));
    }

    /** Whether the server is asked for TLS at all. */
    public boolean asked() {
        return settings.mode() != Mode.DISABLE;
    }

    /** Whether a server that has no TLS is not spoken to. */
    public boolean required() {
        return asked() && settings.mode() != Mode.PREFER;
    }

    /** For one connection to the host. */
    public synchronized SslHandler handler(ByteBufAllocator allocator, String host, int port) {
        if (context == null) {
            throw new IllegalStateException("TLS is disabled, or the node stops");
        }
        return context.newHandler(allocator, host, port);
    }

    /** What a login over the connection can be bound to; null where the server's certificate has no hash. */
    public static byte @Nullable [] endPoint(SslHandler handler) {
        try {
            return handler.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? ServerEndPoint.of(certificate)
                    : null;
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    /** Takes renewed files; keeps the old ones where the new ones are of no use. It may block. */
    public synchronized void renew() {
        try {
            SslContext old = context;
            if (old != null && files.changed()) {
                context = load(settings);
                ReferenceCountUtil.release(old);
                LOG.info("the files of TLS towards a server were renewed");
            }
        } catch (IOException useless) {
            LOG.warn(
                    "the files of TLS towards a server could not be renewed, the old ones stay: {}",
                    Tls.reason(useless));
        }
    }

    /** No connection is made any more; those that stand go on. */
    @Override
    public synchronized void close() {
        if (context != null) {
            ReferenceCountUtil.release(context);
            context = null;
        }
    }

    private static SslContext load(ServerTlsSettings settings) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                // Null turns it off: verify-ca takes any name.
                .endpointIdentificationAlgorithm(settings.mode() == Mode.VERIFY_FULL ? "HTTPS" : null);
        if (!settings.mode().verifies()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (settings.rootCert() != null) {
            builder.trustManager(PemFiles.certificates(settings.rootCert()));
        }
        String keyAlgorithm = "";
        if (settings.cert() != null && settings.key() != null) {
            PrivateKey key = PemFiles.privateKey(settings.key());
            keyAlgorithm = key.getAlgorithm();
            builder.keyManager(key, PemFiles.certificates(settings.cert()));
        }
        return Tls.build(builder, keyAlgorithm);
    }
}
