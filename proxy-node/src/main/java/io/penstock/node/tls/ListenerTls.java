package io.penstock.node.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.penstock.config.ListenerTlsSettings;
import io.penstock.config.PemFiles;
import io.penstock.protocol.auth.ServerEndPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener's certificate. It can be renewed at any time: who connects from then on is shown the new one, and who is connected does not
 * notice.
 *
 * <p>Safe for use by several threads.
 */
public final class ListenerTls implements AutoCloseable {
    /** The name of the protocol in ALPN. */
    public static final String ALPN = Tls.ALPN;

    private static final Logger LOG = LoggerFactory.getLogger(ListenerTls.class);

    /** A certificate that is in use, with what a client's login is bound to. */
    private record Loaded(SslContext context, byte @Nullable [] endPoint) {}

    /** The handler for one connection, with the binding of the very certificate that it shows. */
    public record Handshake(SslHandler handler, byte @Nullable [] endPoint) {}

    private final ListenerTlsSettings settings;
    private final WatchedFiles files;
    private Loaded loaded;

    private ListenerTls(ListenerTlsSettings settings, WatchedFiles files, Loaded loaded) {
        this.settings = settings;
        this.files = files;
        this.loaded = loaded;
    }

    /**
     * Reads the certificate.
     *
     * @throws IOException when a file is missing, or is not what it should be
     */
    public static ListenerTls open(ListenerTlsSettings settings) throws IOException {
        List<Path> watched = new ArrayList<>(List.of(settings.cert(), settings.key()));
        if (settings.clientCa() != null) {
            watched.add(settings.clientCa());
        }
        WatchedFiles files = new WatchedFiles(watched);
        files.changed();
        return new ListenerTls(settings, files, load(settings));
    }

    /** Whether clients must encrypt. */
    public boolean required() {
        return settings.require();
    }

    /** For a client whose handshake begins now. */
    public synchronized Handshake handshake(ByteBufAllocator allocator) {
        return new Handshake(loaded.context().newHandler(allocator), loaded.endPoint());
    }

    /** Takes a renewed certificate; keeps the old one where the new one is of no use. Reads files, so it may block. */
    public synchronized void renew() {
        try {
            if (files.changed()) {
                Loaded old = loaded;
                loaded = load(settings);
                // Connections that were made with it hold it on.
                ReferenceCountUtil.release(old.context());
                LOG.info("certificate {} was renewed", settings.cert());
            }
        } catch (IOException useless) {
            LOG.warn(
                    "certificate {} could not be renewed, the old one stays: {}", settings.cert(), Tls.reason(useless));
        }
    }

    /** No handshake begins any more; connections that stand go on. */
    @Override
    public synchronized void close() {
        ReferenceCountUtil.release(loaded.context());
    }

    private static Loaded load(ListenerTlsSettings settings) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(settings.cert());
        PrivateKey key = PemFiles.privateKey(settings.key());
        SslContextBuilder builder;
        try {
            builder = SslContextBuilder.forServer(key, chain);
        } catch (IllegalArgumentException refused) {
            throw new IOException(Tls.reason(refused), refused);
        }
        if (settings.clientCa() != null) {
            builder.trustManager(PemFiles.certificates(settings.clientCa())).clientAuth(ClientAuth.REQUIRE);
        }
        X509Certificate own = chain.getFirst();
        if (!KeyPairCheck.fits(key, own)) {
            throw new IOException(settings.key() + " is not the key of " + settings.cert());
        }
        SslContext context = Tls.build(builder, key.getAlgorithm());
        // As PostgreSQL: a resumed session would be one without a look at a renewed certificate or authority.
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        } else {
            context.sessionContext().setSessionTimeout(1);
        }
        return new Loaded(context, ServerEndPoint.of(own));
    }
}
