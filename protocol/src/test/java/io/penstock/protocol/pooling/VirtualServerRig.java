package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link VirtualServer} with what it does written down: what leaves for a server by its type bytes, what the client gets likewise. */
abstract class VirtualServerRig {
    static final FrontendMessage SYNC = new FrontendMessage.Sync();
    static final byte[] NO_BYTES = {};
    static final int SERVER = 4711;
    static final int CLIENT = 1;

    final List<String> done = new ArrayList<>();
    final StringBuilder sent = new StringBuilder();
    final ServerContents one = fresh();
    final ServerContents other = fresh();
    final VirtualServer virtual = new VirtualServer(
            new VirtualServer.Effects() {
                @Override
                public void wantServer() {
                    done.add("want");
                }

                @Override
                public void unwantServer() {
                    done.add("unwant");
                }

                @Override
                public void toServer(ByteBuf messages) {
                    while (messages.isReadable()) {
                        sent.append((char) messages.readByte());
                        messages.skipBytes(messages.getInt(messages.readerIndex()));
                    }
                    messages.release();
                }

                @Override
                public void release() {
                    done.add("release");
                }

                @Override
                public void end() {
                    done.add("end");
                }

                @Override
                public void fail(PgError error) {
                    done.add("fail " + error.sqlState());
                }

                @Override
                public void stays(Stays reason) {
                    done.add("stays " + reason);
                }

                @Override
                public void reserve(String encoding, List<String> channels) {
                    done.add("reserve " + channels);
                }

                @Override
                public void fence() {
                    done.add("fence");
                }

                @Override
                public void leave(Set<String> channels) {
                    done.add("leave " + channels);
                }
            },
            CLIENT,
            Map.of(),
            Map.of(),
            UnpooledByteBufAllocator.DEFAULT);

    static ServerContents fresh() {
        return new ServerContents(SERVER, new CatalogChanges(), Map.of(), 1 << 20);
    }

    void client(FrontendMessage... messages) {
        ByteBuf bytes = Unpooled.buffer();
        for (FrontendMessage message : messages) {
            FrontendMessages.encode(message, bytes);
        }
        virtual.fromSession(bytes);
    }

    static FrontendMessage query(String sql) {
        return new FrontendMessage.Query(sql);
    }

    static FrontendMessage parse(String name, String sql) {
        return new FrontendMessage.Parse(name, sql, new int[0]);
    }

    static FrontendMessage bind(String statement) {
        return new FrontendMessage.Bind("", statement, new short[0], List.of(), new short[0]);
    }

    /** What the client gets of it, by type. */
    String server(BackendMessage... messages) {
        StringBuilder passed = new StringBuilder();
        for (BackendMessage message : messages) {
            ByteBuf bytes = Unpooled.buffer();
            BackendMessages.encode(message, bytes);
            note(passed, virtual.fromServer(new Frame(bytes.getByte(0), bytes)));
        }
        return passed.toString();
    }

    static void note(StringBuilder to, @Nullable Frame frame) {
        if (frame != null) {
            to.append((char) frame.type());
            frame.release();
        }
    }

    static BackendMessage ready(TransactionStatus status) {
        return new BackendMessage.ReadyForQuery(status);
    }

    static BackendMessage idle() {
        return ready(TransactionStatus.IDLE);
    }

    static BackendMessage complete(String tag) {
        return new BackendMessage.CommandComplete(tag);
    }

    static BackendMessage row(String value) {
        return new BackendMessage.DataRow(List.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    static BackendMessage error(String sqlState) {
        return BackendMessage.ErrorResponse.of(PgError.of(Severity.ERROR, sqlState, "no"));
    }

    /** What the client is given without a server. */
    String given() {
        StringBuilder given = new StringBuilder();
        for (Frame frame = virtual.poll(); frame != null; frame = virtual.poll()) {
            note(given, frame);
        }
        return given.toString();
    }

    String sent() {
        String types = sent.toString();
        sent.setLength(0);
        return types;
    }

    List<String> done() {
        List<String> copy = List.copyOf(done);
        done.clear();
        return copy;
    }
}
