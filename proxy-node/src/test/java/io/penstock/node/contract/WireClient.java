package io.penstock.node.contract;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client that speaks the wire protocol message by message, so that a test decides what arrives together. Messages are gathered until
 * {@link #flush}; {@link #answer} sends what was gathered and reads to ReadyForQuery.
 */
public final class WireClient implements AutoCloseable {
    /** What hangs longer is a failure, not a wait. */
    private static final int PATIENCE_MILLIS = 60_000;

    private final InetSocketAddress address;
    private final Socket socket;
    private final DataInputStream in;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private int processId;
    private byte[] secret = new byte[0];

    private WireClient(InetSocketAddress address) throws IOException {
        this.address = address;
        this.socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** Logs in without a password. @param parameters further startup parameters, name and value in turn */
    public static WireClient connect(InetSocketAddress address, String user, String database, String... parameters) {
        try {
            WireClient client = new WireClient(address);
            client.startUp(user, database, parameters);
            return client;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void startUp(String user, String database, String... parameters) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        out.writeInt(3 << 16);
        for (String text : List.of("user", user, "database", database)) {
            text(out, text);
        }
        for (String text : parameters) {
            text(out, text);
        }
        out.writeByte(0);
        DataOutputStream all = new DataOutputStream(gathered);
        all.writeInt(body.size() + 4);
        body.writeTo(all);
        flush();
        for (WireMessage message = next(); message.type() != 'Z'; message = next()) {
            if (message.type() == 'E') {
                throw new IllegalStateException(
                        "login failed: " + message.report().fields());
            }
            if (message.type() == 'K') {
                byte[] key = message.body();
                processId = new DataInputStream(new java.io.ByteArrayInputStream(key)).readInt();
                secret = Arrays.copyOfRange(key, 4, key.length);
            }
        }
    }

    public int processId() {
        return processId;
    }

    // ---- whole questions ----

    /** One simple query, however many statements it holds. */
    public WireAnswer simple(String sql) {
        return query(sql).answer();
    }

    /** Parse, Bind, Describe, Execute, Sync with unnamed statement and portal; parameters and results in text format. */
    public WireAnswer extended(String sql, @Nullable String... parameters) {
        return parse("", sql)
                .bind("", "", parameters)
                .describePortal("")
                .execute("", 0)
                .sync()
                .answer();
    }

    // ---- single messages ----

    public WireClient query(String sql) {
        return message('Q', out -> text(out, sql));
    }

    public WireClient parse(String name, String sql, int... types) {
        return message('P', out -> {
            text(out, name);
            text(out, sql);
            out.writeShort(types.length);
            for (int type : types) {
                out.writeInt(type);
            }
        });
    }

    /** Parameters and results in text format. */
    public WireClient bind(String portal, String statement, @Nullable String... parameters) {
        List<byte[]> values = new ArrayList<>();
        for (String parameter : parameters) {
            values.add(parameter == null ? null : parameter.getBytes(StandardCharsets.UTF_8));
        }
        return bind(portal, statement, 0, values, 0);
    }

    /** @param format of all parameters, @param resultFormat of all results: 0 text, 1 binary */
    public WireClient bind(String portal, String statement, int format, List<byte[]> parameters, int resultFormat) {
        return message('B', out -> {
            text(out, portal);
            text(out, statement);
            out.writeShort(1);
            out.writeShort(format);
            out.writeShort(parameters.size());
            for (byte[] parameter : parameters) {
                out.writeInt(parameter == null ? -1 : parameter.length);
                if (parameter != null) {
                    out.write(parameter);
                }
            }
            out.writeShort(1);
            out.writeShort(resultFormat);
        });
    }

    public WireClient describeStatement(String name) {
        return named('D', 'S', name);
    }

    public WireClient describePortal(String name) {
        return named('D', 'P', name);
    }

    public WireClient closeStatement(String name) {
        return named('C', 'S', name);
    }

    public WireClient execute(String portal, int maxRows) {
        return message('E', out -> {
            text(out, portal);
            out.writeInt(maxRows);
        });
    }

    public WireClient sync() {
        return message('S', out -> {});
    }

    public WireClient flushMessage() {
        return message('H', out -> {});
    }

    /** Any message, also one that no client should send. */
    public WireClient raw(char type, byte[] body) {
        return message(type, out -> out.write(body));
    }

    private WireClient named(char type, char kind, String name) {
        return message(type, out -> {
            out.writeByte(kind);
            text(out, name);
        });
    }

    // ---- bytes ----

    public WireClient flush() {
        try {
            gathered.writeTo(socket.getOutputStream());
            gathered.reset();
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Sends what was gathered and reads to the next ReadyForQuery. */
    public WireAnswer answer() {
        flush();
        List<WireMessage> messages = new ArrayList<>();
        do {
            messages.add(next());
        } while (messages.getLast().type() != 'Z');
        return WireAnswer.of(messages);
    }

    public WireMessage next() {
        try {
            char type = (char) in.readUnsignedByte();
            return new WireMessage(type, in.readNBytes(in.readInt() - 4));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A CancelRequest for this session, on a connection of its own; returns when the proxy has closed it. */
    public void cancel() {
        cancelThrough(address);
    }

    /** Likewise, but the request goes to another node of the cluster. */
    public void cancelThrough(InetSocketAddress node) {
        try (Socket other = new Socket(node.getAddress(), node.getPort())) {
            other.setSoTimeout(PATIENCE_MILLIS);
            DataOutputStream out = new DataOutputStream(other.getOutputStream());
            out.writeInt(12 + secret.length);
            out.writeInt(80877102);
            out.writeInt(processId);
            out.write(secret);
            out.flush();
            other.getInputStream().readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The client is gone without a word: its machine resets the connection. */
    public void vanish() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        if (socket.isClosed()) {
            return;
        }
        try (socket) {
            message('X', out -> {}).flush();
        } catch (UncheckedIOException | IOException gone) {
            // The server had closed already: nothing is left to say.
        }
    }

    private WireClient message(char type, Content content) {
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            content.write(new DataOutputStream(body));
            DataOutputStream out = new DataOutputStream(gathered);
            out.writeByte(type);
            out.writeInt(body.size() + 4);
            body.writeTo(out);
            return this;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }

    /** Writes the body of one message. */
    private interface Content {
        void write(DataOutputStream out) throws IOException;
    }
}
