package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.sql.SessionTrace;
import io.penstock.protocol.sql.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How a client's prepared statements are called on the server that it is on, in SQL and in the server's errors. */
final class StatementNames {
    private final VirtualServer virtual;
    private final ClientContents client;
    private final ServerMessages messages;

    /** The client's name for a name on the server. */
    private final Map<String, String> calls = new HashMap<>(4);

    StatementNames(VirtualServer virtual, ClientContents client, ServerMessages messages) {
        this.virtual = virtual;
        this.client = client;
        this.messages = messages;
    }

    /** Another server comes, where everything has another name. */
    void clear() {
        calls.clear();
    }

    /** A Query with the names of the server; takes the frame over. */
    ByteBuf renamed(Frame frame, String sql, List<SessionTrace> traces, ServerContents attached) {
        String there = textThere(sql, traces, definition -> inOwnTransaction(definition, attached));
        if (there.equals(sql)) {
            return frame.bytes();
        }
        frame.release();
        return messages.query(there);
    }

    /** The text with the names that prepared statements have on the server, where it executes or deallocates some. */
    String textThere(String sql, List<SessionTrace> traces, Function<Definition, String> names) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (SessionTrace trace : traces) {
            Span at = trace.preparedAt();
            String name = trace.prepared();
            Definition meant = name == null ? null : client.named.get(name);
            if (at != null && name != null && meant != null) {
                text.append(sql, from, at.start()).append(called(name, names.apply(meant)));
                from = at.end();
            }
        }
        return from == 0 ? sql : text.append(sql, from, sql.length()).toString();
    }

    /** In a block of its own, or the query would be part of an implicit transaction that only Sync ends. */
    private String inOwnTransaction(Definition definition, ServerContents attached) {
        String there = attached.find(definition.in(virtual.session().context()));
        if (there != null) {
            return there;
        }
        String given = virtual.prepared().ensure(definition, attached);
        virtual.send(messages.sync(), new Owed.OwnSync());
        return given;
    }

    /** Remembers how the client calls what the server knows under another name. */
    String called(String name, String there) {
        calls.put(there, name);
        return there;
    }

    /** An error of the server, about the names that the client knows. */
    Frame inClientsWords(Frame error) {
        return calls.isEmpty() ? error : messages.withNames(error, calls);
    }
}
