package io.penstock.protocol.session;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.sql.Classified;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the session answers in the server's place: SHOW of its own setting, which Postgres knows only once it has been set. */
final class OwnAnswers {
    private static final int TEXT = 25;

    private OwnAnswers() {}

    /** The error of a SET with a value that is no Boolean; null for SHOW. */
    static @Nullable PgError refusal(Classified.DryRun dryRun) {
        return switch (dryRun.action()) {
            case INVALID -> ErrorCode.INVALID_SETTING.error(DryRunState.SETTING, "a Boolean value");
            case ON, OFF, RESET, SHOW -> null;
        };
    }

    /** @param describe with its RowDescription, as a simple query needs it */
    static void showDryRun(Outgoing out, DryRunState state, boolean describe) {
        if (describe) {
            out.toClient(new BackendMessage.RowDescription(List.of(
                    new BackendMessage.Column(DryRunState.SETTING, 0, (short) 0, TEXT, (short) -1, -1, (short) 0))));
        }
        byte[] value = (state.on() ? "on" : "off").getBytes(StandardCharsets.US_ASCII);
        out.toClient(new BackendMessage.DataRow(List.of(value)), new BackendMessage.CommandComplete("SHOW"));
    }
}
