package io.penstock.protocol.session;

import io.penstock.protocol.sql.Classified;
import io.penstock.protocol.sql.Command;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A statement of which the session has to know more than that it goes to the server.
 *
 * @param sql its text, exactly one statement
 * @param parameterTypes the object ids that Parse declared, 0 where Postgres is to find out
 * @param prepareSql the whole PREPARE, if that is where the statement comes from: it declares the types of its parameters
 */
public record KnownStatement(
        String sql,
        Classified classified,
        int[] parameterTypes,
        @Nullable String prepareSql) {
    private static final Pattern CHAIN = Pattern.compile("\\band\\s+chain\\b", Pattern.CASE_INSENSITIVE);
    private static final int[] NO_TYPES = {};

    /** The statement, or null if it is one of the many that a session forgets at once. */
    static @Nullable KnownStatement of(String sql, Classified classified, int[] parameterTypes) {
        if (classified instanceof Classified.Relay(Command command)) {
            return switch (command) {
                case BEGIN, COMMIT, ROLLBACK, ROLLBACK_TO, PREPARE_TRANSACTION, RESET_ALL, DISCARD_ALL ->
                    new KnownStatement(sql, classified, NO_TYPES, null);
                case SELECT,
                        INSERT,
                        UPDATE,
                        DELETE,
                        MERGE,
                        SAVEPOINT,
                        RELEASE,
                        COMMIT_PREPARED,
                        ROLLBACK_PREPARED,
                        SET,
                        RESET,
                        SHOW,
                        DISCARD,
                        PREPARE,
                        DECLARE,
                        FETCH,
                        CLOSE,
                        COPY,
                        LISTEN,
                        UNLISTEN,
                        NOTIFY,
                        LOCK,
                        EXPLAIN,
                        TRUNCATE,
                        CREATE,
                        ALTER,
                        DROP,
                        DO,
                        CALL,
                        EMPTY,
                        OTHER -> null;
            };
        }
        return new KnownStatement(sql, classified, parameterTypes, null);
    }

    /** What PREPARE leaves behind under its name. */
    KnownStatement prepared(Classified.Prepare prepare) {
        return new KnownStatement(prepare.inner().of(sql), prepare.innerClass(), NO_TYPES, sql);
    }

    /** COMMIT or ROLLBACK. */
    boolean endsTransaction() {
        return classified instanceof Classified.Relay(Command command)
                && (command == Command.COMMIT || command == Command.ROLLBACK);
    }

    /** Whether COMMIT or ROLLBACK begins the next transaction block at once. */
    boolean chains() {
        return CHAIN.matcher(sql).find();
    }

    /** Whether running it may be the proxy's business, so that it has to wait for everything before it. */
    boolean mayBeHeld() {
        return switch (classified) {
            case Classified.Relay _, Classified.Prepare _, Classified.Deallocate _ -> false;
            case Classified.DryRun dryRun -> answeredHere(dryRun);
            case Classified.Mutation _,
                    Classified.Explain _,
                    Classified.Execute _,
                    Classified.ExplainExecute _,
                    Classified.Refused _ -> true;
        };
    }

    /** Whether the statement writes, or would write: what another statement may prepare and EXECUTE later. */
    boolean writes() {
        return switch (classified) {
            case Classified.Mutation _, Classified.Explain _, Classified.Refused _ -> true;
            case Classified.Relay _,
                    Classified.Prepare _,
                    Classified.Execute _,
                    Classified.ExplainExecute _,
                    Classified.Deallocate _,
                    Classified.DryRun _ -> false;
        };
    }

    /** SET and RESET go to Postgres, which keeps the value as a custom setting and takes it back when the transaction fails. */
    static boolean answeredHere(Classified.DryRun dryRun) {
        return switch (dryRun.action()) {
            case SHOW, INVALID -> true;
            case ON, OFF, RESET -> false;
        };
    }

    /** For logs: never the text. */
    @Override
    public String toString() {
        return "KnownStatement[" + classified.getClass().getSimpleName() + ", " + sql.length() + " characters]";
    }
}
