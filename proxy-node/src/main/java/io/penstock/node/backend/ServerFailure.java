package io.penstock.node.backend;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a server connection is not there, or no longer. The error is what a client may be told; the cause is for the log. */
public abstract sealed class ServerFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient PgError error;

    private ServerFailure(PgError error, @Nullable Throwable cause) {
        // Without a stack trace: it would show an event loop and nothing else.
        super(error.sqlState() + " " + error.message(), cause, false, false);
        this.error = error;
    }

    /** What to tell the client. */
    public PgError error() {
        return error;
    }

    /** No connection, or no answer in time. Nothing of ours has reached a database. */
    public static final class Unreachable extends ServerFailure {
        private static final long serialVersionUID = 1L;

        Unreachable(String database, @Nullable Throwable cause) {
            super(ErrorCode.SERVER_UNREACHABLE.error(database), cause);
        }
    }

    /** The server refused the login, in its own words, or asks for a login that we do not do. */
    public static final class LoginRefused extends ServerFailure {
        private static final long serialVersionUID = 1L;

        LoginRefused(PgError error) {
            super(error, null);
        }
    }

    /** An established connection ended. Whether the statements under way took effect is not known. */
    public static final class Lost extends ServerFailure {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable PgError lastWords;

        Lost(@Nullable PgError lastWords, @Nullable Throwable cause) {
            super(ErrorCode.SERVER_LOST.error(), cause);
            this.lastWords = lastWords;
        }

        /** The server's own FATAL error, 57P01 for example, if it said one before it closed. */
        public @Nullable PgError lastWords() {
            return lastWords;
        }
    }

    /** All connections of a pool are taken, and none came back in time. Nothing of ours has reached a database. */
    public static final class NoneFree extends ServerFailure {
        private static final long serialVersionUID = 1L;

        NoneFree(Duration waited) {
            super(ErrorCode.NO_SERVER_FREE.error(waited.toMillis() + " ms"), null);
        }
    }

    /** The pool has been closed. */
    public static final class PoolClosed extends ServerFailure {
        private static final long serialVersionUID = 1L;

        PoolClosed() {
            super(ErrorCode.SHUTTING_DOWN.error(), null);
        }
    }
}
