package io.penstock.node.mutation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.adapters.Operation;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.message.BackendMessages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Gathers what a client is told of its statement. */
final class Replies {
    private static final int TEXT = 25;
    private static final int JSON = 114;

    private final List<Frame> frames = new ArrayList<>();

    void notice(PgError notice) {
        add(BackendMessage.NoticeResponse.of(notice));
    }

    void error(PgError error) {
        add(BackendMessage.ErrorResponse.of(error));
    }

    void columns(List<Column> columns) {
        add(new BackendMessage.RowDescription(columns));
    }

    void rows(List<ExchangeResult.Row> rows) {
        for (ExchangeResult.Row row : rows) {
            add(new BackendMessage.DataRow(row.values()));
        }
    }

    void complete(Operation operation, int rows) {
        add(new BackendMessage.CommandComplete(
                switch (operation) {
                    case INSERT -> "INSERT 0 " + rows;
                    case UPDATE -> "UPDATE " + rows;
                    case DELETE -> "DELETE " + rows;
                }));
    }

    /** The answer to EXPLAIN. */
    void plan(List<String> lines, boolean json, boolean described) {
        if (described) {
            columns(List.of(new Column("QUERY PLAN", 0, (short) 0, json ? JSON : TEXT, (short) -1, -1, (short) 0)));
        }
        for (String line : lines) {
            add(new BackendMessage.DataRow(List.of(line.getBytes(StandardCharsets.UTF_8))));
        }
        add(new BackendMessage.CommandComplete("EXPLAIN"));
    }

    /** Everything gathered, owned by the caller. */
    List<Frame> frames() {
        return List.copyOf(frames);
    }

    private void add(BackendMessage message) {
        ByteBuf bytes = Unpooled.buffer(64);
        BackendMessages.encode(message, bytes);
        frames.add(new Frame(bytes.getByte(0), bytes));
    }
}
