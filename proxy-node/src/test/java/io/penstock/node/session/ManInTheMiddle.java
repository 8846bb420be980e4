package io.penstock.node.session;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.penstock.node.tls.TestAuthority.Issued;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Sits between a client and a node, and answers the client's SSLRequest in the node's place. */
final class ManInTheMiddle implements AutoCloseable {
    private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};
    private static final String PLUS = "SCRAM-SHA-256-PLUS\0";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int node;
    private final @Nullable SSLContext shown;
    private final boolean takesPlus;

    private ManInTheMiddle(int node, @Nullable SSLContext shown, boolean takesPlus) throws IOException {
        this.node = node;
        this.shown = shown;
        this.takesPlus = takesPlus;
        threads.execute(this::accept);
    }

    /** Tells each client that there is no TLS, and goes on in plain text on both sides. */
    static ManInTheMiddle answeringNo(int node) throws IOException {
        return new ManInTheMiddle(node, null, false);
    }

    /**
     * Encrypts on both sides, to the client with a certificate of its own.
     *
     * @param takesPlus whether it takes SCRAM-SHA-256-PLUS out of what the node offers
     */
    static ManInTheMiddle decrypting(int node, Issued certificate, boolean takesPlus) throws IOException {
        return new ManInTheMiddle(
                node,
                context(SslContextBuilder.forServer(
                        certificate.cert().toFile(), certificate.key().toFile())),
                takesPlus);
    }

    private static SSLContext context(SslContextBuilder builder) throws SSLException {
        return ((JdkSslContext) builder.sslProvider(SslProvider.JDK).build()).context();
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                threads.execute(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), node)) {
            byte[] first = client.getInputStream().readNBytes(SSL_REQUEST.length);
            boolean asked = Arrays.equals(first, SSL_REQUEST);
            SSLContext certificate = shown;
            if (!asked || certificate == null) {
                if (asked) {
                    client.getOutputStream().write('N');
                } else {
                    server.getOutputStream().write(first);
                }
                relay(client, server);
                return;
            }
            client.getOutputStream().write('S');
            server.getOutputStream().write(SSL_REQUEST);
            if (server.getInputStream().read() != 'S') {
                return;
            }
            SSLContext credulous =
                    context(SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE));
            try (SSLSocket towardsClient = encrypted(certificate.getSocketFactory(), client, false);
                    SSLSocket towardsServer = encrypted(credulous.getSocketFactory(), server, true)) {
                relay(towardsClient, towardsServer);
            }
        } catch (IOException over) {
            // One of both has left.
        }
    }

    private static SSLSocket encrypted(SSLSocketFactory factory, Socket plain, boolean asClient) throws IOException {
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, "localhost", plain.getPort(), true);
        socket.setUseClientMode(asClient);
        socket.startHandshake();
        return socket;
    }

    private void relay(Socket client, Socket server) throws IOException {
        threads.execute(() -> {
            try {
                client.getInputStream().transferTo(server.getOutputStream());
                server.shutdownOutput();
            } catch (IOException over) {
                // The other direction ends it.
            }
        });
        OutputStream out = client.getOutputStream();
        if (takesPlus) {
            out.write(withoutPlus(server.getInputStream()));
            out.flush();
        }
        server.getInputStream().transferTo(out);
    }

    /** The first message, which is AuthenticationSASL if all goes well. */
    private static byte[] withoutPlus(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int type = data.readUnsignedByte();
        String body = new String(data.readNBytes(data.readInt() - Integer.BYTES), StandardCharsets.ISO_8859_1)
                .replace(PLUS, "");
        ByteBuffer message = ByteBuffer.allocate(1 + Integer.BYTES + body.length());
        message.put((byte) type).putInt(Integer.BYTES + body.length());
        return message.put(body.getBytes(StandardCharsets.ISO_8859_1)).array();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
