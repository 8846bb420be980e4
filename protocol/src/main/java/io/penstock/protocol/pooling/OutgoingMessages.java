package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.sql.SessionTrace;
import io.penstock.protocol.sql.SessionTraces;
import java.util.List;

/** A client's messages on their way to the server that it has, with what each of them makes the server owe. */
final class OutgoingMessages {
    private final VirtualServer virtual;
    private final ClientContents client;
    private final ServerMessages messages;
    private final VirtualReplies replies;
    private final OwedQueue owed;

    OutgoingMessages(
            VirtualServer virtual,
            ClientContents client,
            ServerMessages messages,
            VirtualReplies replies,
            OwedQueue owed) {
        this.virtual = virtual;
        this.client = client;
        this.messages = messages;
        this.replies = replies;
        this.owed = owed;
    }

    /** Takes the frame over. */
    void send(Frame frame, ServerContents attached) {
        switch (frame.type()) {
            case FrontendType.QUERY -> query(frame, attached);
            case FrontendType.PARSE -> virtual.prepared().parse(frame, attached);
            case FrontendType.BIND -> virtual.prepared().bind(frame, attached);
            case FrontendType.DESCRIBE -> {
                if (isAboutStatement(frame)) {
                    virtual.prepared().describe(frame, attached);
                } else {
                    virtual.send(frame.bytes(), new Owed.Describe(null));
                }
            }
            case FrontendType.EXECUTE -> execute(frame);
            case FrontendType.CLOSE -> {
                if (isAboutStatement(frame)) {
                    virtual.prepared().close(frame, attached);
                } else {
                    virtual.send(frame.bytes(), new Owed.Close(() -> {}));
                }
            }
            case FrontendType.FUNCTION_CALL -> virtual.send(frame.bytes(), new Owed.FunctionCall());
            case FrontendType.SYNC -> virtual.send(frame.bytes(), replies.copyIn() ? null : new Owed.Sync());
            case FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> {
                boolean early = !replies.endCopyIn() && !owed.isEmpty();
                virtual.send(frame.bytes(), early ? new Owed.CopyEnd() : null);
            }
            case FrontendType.FLUSH -> virtual.effects().toServer(frame.bytes());
            default -> virtual.send(frame.bytes(), null);
        }
    }

    private static boolean isAboutStatement(Frame frame) {
        return frame.body().getByte(frame.body().readerIndex()) == 'S';
    }

    private void query(Frame frame, ServerContents attached) {
        String sql = PreparedMessages.name(frame.body(), 0);
        List<SessionTrace> traces = SessionTraces.read(sql, virtual.told().lexer());
        if (virtual.postpones(frame, traces)) {
            return;
        }
        virtual.session().note(traces);
        ByteBuf bytes = frame.bytes();
        List<PlannedTrace> planned = List.of();
        if (!traces.isEmpty()) {
            StatementNames.There there = virtual.names().ofQuery(sql, traces, attached);
            planned = there.traces();
            if (!there.sql().equals(sql)) {
                frame.release();
                bytes = messages.query(there.sql());
            }
        }
        Definition before = client.unnamed;
        Definition left = attached.unnamed();
        client.unnamed = null;
        attached.unnamed(null);
        virtual.send(bytes, new Owed.Query(planned, () -> {
            client.unnamed = before;
            attached.unnamed(left);
        }));
    }

    private void execute(Frame frame) {
        List<PlannedTrace> traces = virtual.session().hasNoted()
                ? virtual.session().notedOf(PreparedMessages.name(frame.body(), 0))
                : List.of();
        virtual.send(frame.bytes(), new Owed.Execute(traces));
        if (traces.stream().anyMatch(PlannedTrace::isStructural)) {
            virtual.effects().toServer(messages.flush());
        }
    }
}
