package io.penstock.protocol.session;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import java.util.List;

/** The time in which a mutation runs and has the client's server connection to itself. */
final class MutationTurn {
    private static final short[] NO_FORMATS = {};

    private final SessionEffects effects;
    private final Outgoing out;
    private final ServerMemory memory;
    private boolean running;

    MutationTurn(SessionEffects effects, Outgoing out, ServerMemory memory) {
        this.effects = effects;
        this.out = out;
        this.memory = memory;
    }

    boolean running() {
        return running;
    }

    void ended() {
        running = false;
    }

    /** Runs a statement of a simple query. */
    void start(KnownStatement statement) {
        start(statement, new FrontendMessage.Bind("", "", NO_FORMATS, List.of(), NO_FORMATS), true, 0);
    }

    /** Runs the statement of a portal. */
    void start(KnownStatement statement, FrontendMessage.Bind bind, int maxRows) {
        start(statement, bind, false, Math.max(0, maxRows));
    }

    private void start(KnownStatement statement, FrontendMessage.Bind bind, boolean simpleQuery, int maxRows) {
        running = true;
        effects.runMutation(new MutationRequest(
                statement.sql(),
                statement.classified(),
                statement.parameterTypes(),
                Interception.executed(statement, memory.statements()),
                bind.parameterFormats(),
                bind.parameters(),
                bind.resultFormats(),
                simpleQuery,
                memory.transaction().status(),
                memory.hiddenBlock() != ServerMemory.HiddenBlock.NONE,
                maxRows,
                memory.dryRun().on()));
    }

    /** A message of the server that belongs to the mutation. Takes the frame over. */
    void fromServer(Frame frame, Ending ending) {
        switch (frame.type()) {
            case BackendType.PARAMETER_STATUS -> {
                if (BackendMessages.decode(frame)
                        instanceof BackendMessage.ParameterStatus(String name, String value)) {
                    memory.parameter(name, value);
                }
                out.toClient(frame);
            }
            case BackendType.NOTIFICATION_RESPONSE -> out.toClient(frame);
            case BackendType.READY_FOR_QUERY -> {
                if (BackendMessages.decode(frame) instanceof BackendMessage.ReadyForQuery(var status)) {
                    memory.transaction().ready(status);
                }
                effects.toMutation(frame);
            }
            case BackendType.ERROR_RESPONSE -> {
                PgError error = ((BackendMessage.ErrorResponse) BackendMessages.decode(frame)).error();
                if (error.severity().endsSession()) {
                    ending.serverSaid(error, false);
                } else {
                    memory.transaction().failed();
                }
                effects.toMutation(frame);
            }
            default -> effects.toMutation(frame);
        }
    }
}
