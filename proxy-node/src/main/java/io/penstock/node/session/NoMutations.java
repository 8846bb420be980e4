package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.node.mutation.MutationRunner;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.session.MutationRequest;
import java.util.List;

/** For a database whose mutations are not to run: each is refused, so that none passes unseen. */
public final class NoMutations implements MutationRunner {
    private static final PgError REFUSAL =
            PgError.of(Severity.ERROR, "0A000", "synced tables cannot be changed through this node");

    @Override
    public Running start(MutationRequest request, Session session) {
        session.loop().execute(() -> {
            ByteBuf bytes = Unpooled.buffer();
            BackendMessages.encode(BackendMessage.ErrorResponse.of(REFUSAL), bytes);
            session.finished(List.of(new Frame(BackendType.ERROR_RESPONSE, bytes)), true, false);
        });
        return new Running() {
            @Override
            public void serverSays(Frame frame) {
                frame.release();
            }

            @Override
            public void serverLost() {}

            @Override
            public void cancel() {}

            @Override
            public void orphaned() {}
        };
    }
}
