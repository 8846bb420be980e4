package io.penstock.node.bench;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client that moves bytes and looks at no more of them than it must: the types and lengths of the messages that it gets. */
final class WireLoad implements AutoCloseable {
    private static final int PROTOCOL = 3 << 16;
    private static final int CHUNK = 256 * 1024;
    private static final int HEADER = 5;
    private static final int PATIENCE_MILLIS = 300_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] chunk;

    private WireLoad(int port, int chunkBytes) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = socket.getInputStream();
        out = socket.getOutputStream();
        chunk = new byte[chunkBytes];
    }

    /** One that moves much. */
    static WireLoad loggedIn(Target target) throws IOException {
        return new WireLoad(target.port(), CHUNK).login(target.setup().user());
    }

    /** One of very many that do nothing. */
    static WireLoad idle(Target target) throws IOException {
        return new WireLoad(target.port(), 512).login(target.setup().user());
    }

    /** Whether anybody answers at all, be it by asking for a password. */
    static WireLoad trusted(Target target) throws IOException {
        WireLoad load = new WireLoad(target.port(), CHUNK);
        load.startUp(target.setup().user());
        byte[] first = load.in.readNBytes(1);
        if (first.length == 0 || first[0] == 'E') {
            load.close();
            throw new IOException("no login yet");
        }
        return load;
    }

    boolean isOpen() {
        return !socket.isClosed();
    }

    private void startUp(String user) throws IOException {
        byte[] parameters =
                ("user\0" + user + "\0database\0" + Target.DATABASE + "\0\0").getBytes(StandardCharsets.UTF_8);
        out.write(ByteBuffer.allocate(8 + parameters.length)
                .putInt(8 + parameters.length)
                .putInt(PROTOCOL)
                .put(parameters)
                .array());
    }

    private WireLoad login(String user) throws IOException {
        startUp(user);
        readUntil('Z');
        return this;
    }

    /** Runs a query and reads its result. @return bytes that came */
    long query(String sql) throws IOException {
        sendQuery(sql);
        return readUntil('Z');
    }

    /** COPY FROM STDIN with that many bytes of rows. */
    void copyIn(String sql, long bytes) throws IOException {
        sendQuery(sql);
        readUntil('G');
        byte[] rows = ("x".repeat(1_000) + "\n").repeat(64).getBytes(StandardCharsets.US_ASCII);
        byte[] message = ByteBuffer.allocate(HEADER + rows.length)
                .put((byte) 'd')
                .putInt(4 + rows.length)
                .put(rows)
                .array();
        for (long sent = 0; sent < bytes; sent += rows.length) {
            out.write(message);
        }
        out.write(new byte[] {'c', 0, 0, 0, 4});
        readUntil('Z');
    }

    private void sendQuery(String sql) throws IOException {
        byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
        DataOutputStream message = new DataOutputStream(out);
        message.write(ByteBuffer.allocate(HEADER + text.length)
                .put((byte) 'Q')
                .putInt(4 + text.length)
                .put(text)
                .array());
    }

    /** Reads up to a message of this type, behind which nothing comes. @return bytes read */
    private long readUntil(char last) throws IOException {
        long all = 0;
        byte[] header = new byte[HEADER];
        int inHeader = 0;
        long inBody = 0;
        while (true) {
            int length = in.read(chunk);
            if (length < 0) {
                throw new IOException("closed by the other side");
            }
            all += length;
            int at = 0;
            while (at < length) {
                if (inBody > 0) {
                    int skipped = (int) Math.min(inBody, length - at);
                    inBody -= skipped;
                    at += skipped;
                } else {
                    header[inHeader++] = chunk[at++];
                    if (inHeader == HEADER) {
                        inHeader = 0;
                        inBody = ByteBuffer.wrap(header, 1, 4).getInt() - 4L;
                        if (header[0] == 'E') {
                            throw new IOException("error: "
                                    + new String(chunk, at, Math.min(200, length - at), StandardCharsets.UTF_8)
                                            .replace('\0', ' '));
                        }
                    }
                }
                if (inBody == 0 && inHeader == 0 && header[0] == last && at == length) {
                    return all;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (socket) {
            if (!socket.isClosed()) {
                out.write(new byte[] {'X', 0, 0, 0, 4});
            }
        }
    }
}
