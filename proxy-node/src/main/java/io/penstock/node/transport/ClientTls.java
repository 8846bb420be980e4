package io.penstock.node.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.penstock.node.tls.ListenerTls;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The encryption of one client's connection. Used on its event loop only. */
public final class ClientTls {
    /** What a handshake has brought to light. */
    public record Established(
            byte @Nullable [] serverEndPoint, @Nullable String commonName) {}

    private static final byte GRANTED = 'S';

    private final SocketChannel channel;
    private final @Nullable ListenerTls certificate;
    private byte @Nullable [] endPoint;
    private boolean direct;
    private @Nullable Established established;

    ClientTls(SocketChannel channel, @Nullable ListenerTls certificate) {
        this.channel = channel;
        this.certificate = certificate;
    }

    /** Whether there is a certificate. */
    public boolean offered() {
        return certificate != null;
    }

    /** Whether a client that does not encrypt is to be refused. */
    public boolean required() {
        return certificate != null && certificate.required();
    }

    /** What is known since the handshake is through; null before, and for ever in plain text. */
    public @Nullable Established established() {
        return established;
    }

    /**
     * Answers an SSLRequest with {@code S}, and waits for the handshake.
     *
     * @return false, with nothing done, when the client has sent more in plain text behind its request: after the handshake that would be
     *     taken for what it said inside of it (CVE-2021-23214)
     */
    public boolean start() {
        if (channel.pipeline().get(ChannelBridge.class).hasReceived()) {
            return false;
        }
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {GRANTED}), channel.voidPromise());
        channel.pipeline().addFirst("tls", handler());
        return true;
    }

    /** In the place of a handler that has seen a handshake begin. */
    void startDirect(ChannelHandlerContext looking) {
        direct = true;
        looking.pipeline().replace(looking.handler(), "tls", handler());
    }

    private SslHandler handler() {
        if (certificate == null) {
            throw new IllegalStateException("TLS without a certificate");
        }
        ListenerTls.Handshake handshake = certificate.handshake(channel.alloc());
        endPoint = handshake.endPoint();
        // The session has a limit for the whole login.
        handshake.handler().setHandshakeTimeoutMillis(0);
        return handshake.handler();
    }

    /**
     * The handshake is through.
     *
     * @return false for a client that must be turned away: PostgreSQL too wants to hear in ALPN that who begins with TLS means this protocol
     */
    boolean completed() {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (direct && !ListenerTls.ALPN.equals(handler.applicationProtocol())) {
            return false;
        }
        established = new Established(endPoint, commonName(handler.engine().getSession()));
        return true;
    }

    private static @Nullable String commonName(SSLSession session) {
        Certificate[] chain;
        try {
            chain = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
        String subject = ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
        String name = null;
        try {
            for (Rdn part : new LdapName(subject).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    // Two names would be one too many to tell who it is.
                    if (name != null || !(part.getValue() instanceof String only)) {
                        return null;
                    }
                    name = only;
                }
            }
        } catch (InvalidNameException unreadable) {
            return null;
        }
        return name;
    }
}
