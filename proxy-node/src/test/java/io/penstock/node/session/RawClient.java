package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.penstock.protocol.frame.BackendFramer;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.ProtocolVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A client that sends what it is told, and writes down what comes back, one short line for each message. */
public final class RawClient implements AutoCloseable {
    private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;
    public static final FrontendMessage SYNC = new FrontendMessage.Sync();
    private static final int SOCKET_TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final BackendFramer framer = new BackendFramer(ALLOCATOR);
    private boolean ended;
    private BackendMessage.BackendKeyData key = new BackendMessage.BackendKeyData(0, new byte[4]);

    RawClient(int port) throws IOException {
        socket.connect(new InetSocketAddress("localhost", port), SOCKET_TIMEOUT_MILLIS);
        socket.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** A client that has said who it is and waits. */
    static RawClient knocking(int port) throws IOException {
        return knocking(port, "postgres");
    }

    private static RawClient knocking(int port, String database) throws IOException {
        RawClient client = new RawClient(port);
        client.send(
                new FrontendMessage.Startup(ProtocolVersion.V3_0, Map.of("user", "postgres", "database", database)));
        return client;
    }

    /** A client that is logged in. */
    static RawClient loggedIn(int port) throws IOException {
        return loggedIn(port, "postgres");
    }

    /** A client that is logged in to a database. */
    public static RawClient loggedIn(int port, String database) throws IOException {
        RawClient client = knocking(port, database);
        client.readUntil(line -> line.startsWith("Z"));
        return client;
    }

    /** What cancels its queries. */
    BackendMessage.BackendKeyData key() {
        return key;
    }

    /** Cancels as libpq does: returns when the other side has closed. */
    void cancel(int port) throws IOException {
        try (RawClient other = requestCancel(port)) {
            assertThat(other.readUntil(_ -> false)).containsExactly("end");
        }
    }

    /** Sends the request, and leaves it to the caller to wait for its end. */
    public RawClient requestCancel(int port) throws IOException {
        RawClient other = new RawClient(port);
        other.send(new FrontendMessage.CancelRequest(key.processId(), key.secretKey()));
        return other;
    }

    public static FrontendMessage query(String sql) {
        return new FrontendMessage.Query(sql);
    }

    public static FrontendMessage parse(String statement, String sql) {
        return new FrontendMessage.Parse(statement, sql, new int[0]);
    }

    /** Without parameters, results as text. */
    public static FrontendMessage bind(String portal, String statement) {
        return new FrontendMessage.Bind(portal, statement, new short[0], List.of(), new short[0]);
    }

    public static FrontendMessage execute(String portal) {
        return new FrontendMessage.Execute(portal, 0);
    }

    /** Sends all messages in one write. */
    public void send(FrontendMessage... messages) throws IOException {
        send(bytes(messages));
    }

    /** Sends bytes that need not be messages, in one write. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The messages as they go over the wire. */
    public static byte[] bytes(FrontendMessage... messages) {
        ByteBuf encoded = ALLOCATOR.heapBuffer();
        for (FrontendMessage message : messages) {
            FrontendMessages.encode(message, encoded);
        }
        byte[] bytes = ByteBufUtil.getBytes(encoded);
        encoded.release();
        return bytes;
    }

    /** The answer to a request for encryption, which is no message. */
    char readByte() throws IOException {
        return (char) socket.getInputStream().read();
    }

    /** Says that it will send no more, and goes on reading. */
    void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves with a reset, as a client does that is killed. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    /** Reads up to the first message that fits, or the end of the connection, which reads as {@code end}. */
    public List<String> readUntil(Predicate<String> last) throws IOException {
        List<String> lines = new ArrayList<>();
        byte[] chunk = new byte[8192];
        while (true) {
            for (Frame frame = framer.poll(); frame != null; frame = framer.poll()) {
                String line = line(frame);
                frame.release();
                lines.add(line);
                if (last.test(line)) {
                    return lines;
                }
            }
            int length = ended ? -1 : socket.getInputStream().read(chunk);
            if (length < 0) {
                ended = true;
                lines.add("end");
                return lines;
            }
            framer.feed(Unpooled.copiedBuffer(chunk, 0, length));
        }
    }

    /** Reads some bytes and forgets the messages in them. @return whether there were any bytes */
    public boolean skip(int most) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(most);
        framer.feed(Unpooled.wrappedBuffer(bytes));
        for (Frame frame = framer.poll(); frame != null; frame = framer.poll()) {
            frame.release();
        }
        return bytes.length > 0;
    }

    private String line(Frame frame) {
        return switch (BackendMessages.decode(frame)) {
            case BackendMessage.DataRow row ->
                "D " + row.values().stream().map(RawClient::text).toList();
            case BackendMessage.CommandComplete complete -> "C " + complete.tag();
            case BackendMessage.BackendKeyData given -> {
                key = given;
                yield "K " + given.secretKey().length;
            }
            case BackendMessage.ReadyForQuery ready ->
                "Z " + (char) ready.status().code();
            case BackendMessage.ErrorResponse error ->
                "E " + error.error().severity() + " " + error.error().sqlState() + " "
                        + error.error().message();
            case BackendMessage.NoticeResponse notice -> "N " + notice.notice().sqlState();
            case BackendMessage.RowDescription description ->
                "T "
                        + description.columns().stream()
                                .map(BackendMessage.Column::name)
                                .toList();
            case BackendMessage.NotificationResponse heard ->
                "A " + (heard.processId() == key.processId() ? "own " : "") + heard.channel() + " " + heard.payload();
            case BackendMessage.CopyData data -> "d " + new String(data.data(), StandardCharsets.UTF_8).strip();
            default -> String.valueOf((char) frame.type());
        };
    }

    private static String text(byte[] value) {
        return value == null ? "null" : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        framer.close();
        socket.close();
    }
}
