package io.penstock.node.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A server that speaks bytes, so that it can answer as no HTTP library would. It reads one whole request and then does what the test says. */
final class RawServer implements AutoCloseable {
    /** What to do with a connection whose request has been read. */
    interface Answer {
        void give(Socket client, OutputStream out) throws IOException;
    }

    private final ServerSocket listening;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    RawServer(Answer answer) {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException unlikely) {
            throw new UncheckedIOException(unlikely);
        }
        Thread.ofVirtual().start(() -> accept(answer));
    }

    /** One that answers with this text and closes. */
    static RawServer answering(String text) {
        return new RawServer((client, out) -> {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            client.close();
        });
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** The requests that arrived whole. */
    List<String> requests() {
        return requests;
    }

    private void accept(Answer answer) {
        try {
            while (true) {
                Socket client = listening.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client, answer));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket client, Answer answer) {
        try {
            String request;
            while ((request = read(client.getInputStream())) != null) {
                requests.add(request);
                answer.give(client, client.getOutputStream());
            }
        } catch (IOException hungUp) {
            // What the client makes of it is what the test looks at.
        }
    }

    private static @Nullable String read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            text.append((char) next);
        }
        int at = text.indexOf("Content-Length: ");
        if (at >= 0) {
            int length = Integer.parseInt(text.substring(at + 16, text.indexOf("\r\n", at)));
            text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket client : open) {
            client.close();
        }
    }
}
