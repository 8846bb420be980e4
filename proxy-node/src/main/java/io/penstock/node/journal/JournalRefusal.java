package io.penstock.node.journal;

import io.penstock.protocol.error.PgError;
import org.jspecify.annotations.Nullable;

/** The journal does not let a mutation begin: nothing has been sent, and {@link #error()} is what the client gets. */
public final class JournalRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient PgError error;

    public JournalRefusal(PgError error, @Nullable Throwable cause) {
        super(error.message(), cause);
        this.error = error;
    }

    public PgError error() {
        return error;
    }
}
