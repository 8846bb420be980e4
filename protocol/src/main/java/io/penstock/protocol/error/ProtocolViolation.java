package io.penstock.protocol.error;

/**
 * The peer sent bytes that are not the protocol. The one exception that framers and decoders throw on bad input, whatever the input.
 *
 * <p>{@link Severity#ERROR} means that the message was bad but its borders are known: answer with the error, skip until Sync and go on.
 * {@link Severity#FATAL} means that the stream itself can no longer be trusted: answer with the error, if at all, and close.
 */
public final class ProtocolViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient PgError error;

    public ProtocolViolation(PgError error) {
        // Without a stack trace: a hostile peer would make us fill one for each of its packets, and none of them tells
        // anything.
        super(error.sqlState() + " " + error.message(), null, false, false);
        this.error = error;
    }

    /** What to tell the peer. */
    public PgError error() {
        return error;
    }

    /** Whether the stream's borders are lost, so that the connection must be closed. */
    public boolean isFatal() {
        return error.severity().endsSession();
    }
}
