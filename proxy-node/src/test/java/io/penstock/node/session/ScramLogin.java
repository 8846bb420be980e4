package io.penstock.node.session;

import io.penstock.protocol.auth.ScramClient;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** A login by SCRAM in single steps, so that a test can look at each, time it or spoil it. */
final class ScramLogin implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;
    /** R, and in it the kind of authentication. */
    private static final int SASL_CONTINUE = 11;

    /** A message of the server; the body is without its length. */
    record Message(char type, byte[] body) {
        /** The text as it is, control characters and all. */
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The error's SQLSTATE and message. */
        String error() {
            StringBuilder said = new StringBuilder();
            for (String field : text().split("\0")) {
                if (field.startsWith("C") || field.startsWith("M")) {
                    said.append(said.isEmpty() ? "" : " ").append(field.substring(1));
                }
            }
            return type + " " + said;
        }
    }

    private final Socket socket;
    private final DataInputStream in;

    /** Over a socket of the test's own, which may be encrypted. */
    ScramLogin(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        this.in = new DataInputStream(socket.getInputStream());
    }

    ScramLogin(int port) throws IOException {
        this(connected("127.0.0.1", port));
    }

    /** From one of the addresses of the loopback network. */
    static ScramLogin from(String address, int port) throws IOException {
        return new ScramLogin(connected(address, port));
    }

    private static Socket connected(String from, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MILLIS);
        return socket;
    }

    static Supplier<String> nonces() {
        return () -> UUID.randomUUID().toString();
    }

    /** Says who it is, and reads what it is asked for. */
    Message begin(String user, String... parameters) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(Map.of("user", user, "database", "postgres"));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        send(new FrontendMessage.Startup(ProtocolVersion.V3_0, all));
        return read();
    }

    void send(FrontendMessage message) throws IOException {
        socket.getOutputStream().write(RawClient.bytes(message));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    Message read() throws IOException {
        char type = (char) in.readUnsignedByte();
        return new Message(type, in.readNBytes(in.readInt() - Integer.BYTES));
    }

    /** Whether the other side has closed, and said nothing more. */
    boolean ended() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Goes all the way, and answers with the last message: AuthenticationOk, or the error. */
    Message goOn(ScramClient client) throws IOException {
        send(client.first());
        Message challenge = read();
        if (challenge.type() != 'R') {
            return challenge;
        }
        send(client.next(saslData(challenge)));
        Message verdict = read();
        if (verdict.type() == 'R') {
            client.verify(saslData(verdict));
            return read();
        }
        return verdict;
    }

    /** A whole login, of which the last message is told. */
    Message with(String user, String password) throws IOException {
        Message asked = begin(user);
        return asked.type() == 'R'
                ? goOn(ScramClient.withPassword(List.of("SCRAM-SHA-256"), password, null, nonces()))
                : asked;
    }

    /** What AuthenticationSASLContinue and AuthenticationSASLFinal carry. */
    static byte[] saslData(Message message) {
        return Arrays.copyOfRange(message.body(), Integer.BYTES, message.body().length);
    }

    /** The challenge's salt and iterations, without the nonce. */
    static String salt(Message challenge) {
        if (challenge.body()[3] != SASL_CONTINUE) {
            throw new AssertionError("no challenge but " + challenge.error());
        }
        String text = new String(saslData(challenge), StandardCharsets.UTF_8);
        return text.substring(text.indexOf(",s="));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
