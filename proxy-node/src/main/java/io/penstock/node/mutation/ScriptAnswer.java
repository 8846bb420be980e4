package io.penstock.node.mutation;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered to a {@link Script}.
 *
 * @param steps one for each statement that was answered in full, in order; after an error there are fewer
 * @param error the first error, or null
 * @param notices of the user's own functions and triggers, to be told to the client
 * @param status at the end
 */
record ScriptAnswer(
        List<Step> steps,
        @Nullable PgError error,
        List<BackendMessage.NoticeResponse> notices,
        TransactionStatus status) {
    ScriptAnswer {
        steps = List.copyOf(steps);
        notices = List.copyOf(notices);
    }

    /**
     * One statement's answer.
     *
     * @param parameterTypes null where the step was not described
     * @param columns null where the step was not described or returns no rows
     */
    record Step(
            int @Nullable [] parameterTypes,
            BackendMessage.@Nullable RowDescription columns,
            List<BackendMessage.DataRow> rows,
            @Nullable String tag) {
        /** A value of a row whose format is text. */
        @Nullable
        String text(int row, int column) {
            byte[] value = rows.get(row).values().get(column);
            return value == null ? null : new String(value, StandardCharsets.UTF_8);
        }
    }

    /** Reads the frames of one exchange and releases them. */
    static ScriptAnswer read(List<Frame> frames) {
        Reader reader = new Reader();
        for (Frame frame : frames) {
            try {
                reader.take(BackendMessages.decode(frame));
            } finally {
                frame.release();
            }
        }
        return new ScriptAnswer(reader.steps, reader.error, reader.notices, reader.status);
    }

    /** What has been read so far. */
    private static final class Reader {
        private final List<Step> steps = new ArrayList<>();
        private final List<BackendMessage.NoticeResponse> notices = new ArrayList<>();
        private @Nullable PgError error;
        private TransactionStatus status = TransactionStatus.IDLE;
        private int @Nullable [] parameterTypes;
        private BackendMessage.@Nullable RowDescription columns;
        private List<BackendMessage.DataRow> rows = new ArrayList<>();
        private boolean described;

        void take(BackendMessage message) {
            switch (message) {
                case BackendMessage.ParameterDescription(int[] types) -> {
                    parameterTypes = types;
                    described = true;
                }
                case BackendMessage.RowDescription description -> columns = description;
                case BackendMessage.DataRow row -> rows.add(row);
                case BackendMessage.CommandComplete(String tag) -> step(tag);
                case BackendMessage.EmptyQueryResponse() -> step(null);
                case BackendMessage.ParseComplete() -> endOfDescription();
                case BackendMessage.ErrorResponse response -> error = error == null ? response.error() : error;
                case BackendMessage.NoticeResponse notice -> notices.add(notice);
                case BackendMessage.ReadyForQuery(TransactionStatus end) -> {
                    endOfDescription();
                    status = end;
                }
                case BackendMessage.Authentication _,
                        BackendMessage.BackendKeyData _,
                        BackendMessage.BindComplete _,
                        BackendMessage.CloseComplete _,
                        BackendMessage.CopyData _,
                        BackendMessage.CopyDone _,
                        BackendMessage.CopyInResponse _,
                        BackendMessage.CopyOutResponse _,
                        BackendMessage.CopyBothResponse _,
                        BackendMessage.FunctionCallResponse _,
                        BackendMessage.NegotiateProtocolVersion _,
                        BackendMessage.NoData _,
                        BackendMessage.NotificationResponse _,
                        BackendMessage.ParameterStatus _,
                        BackendMessage.PortalSuspended _ -> {
                    // Nothing that a step is made of.
                }
            }
        }

        /** A step that was only described has no CommandComplete: the next statement or the end ends it. */
        private void endOfDescription() {
            if (described && error == null) {
                step(null);
            }
        }

        private void step(@Nullable String tag) {
            steps.add(new Step(parameterTypes, columns, List.copyOf(rows), tag));
            parameterTypes = null;
            columns = null;
            rows = new ArrayList<>();
            described = false;
        }
    }
}
