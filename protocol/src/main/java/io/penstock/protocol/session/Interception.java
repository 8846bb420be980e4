package io.penstock.protocol.session;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.Classified;
import io.penstock.protocol.sql.QualifiedName;
import org.jspecify.annotations.Nullable;

/** Decides, once everything before a statement has been answered, whether the session or the server runs it. */
final class Interception {
    private Interception() {}

    /** Whether the proxy runs the statement: it is one of the kinds that are held, and EXECUTE runs one that writes. */
    static boolean applies(KnownStatement statement, StatementTracker prepared) {
        if (!statement.mayBeHeld()) {
            return false;
        }
        return switch (statement.classified()) {
            case Classified.Execute _, Classified.ExplainExecute _ -> executed(statement, prepared) != null;
            case Classified.Relay _,
                    Classified.Prepare _,
                    Classified.Deallocate _,
                    Classified.DryRun _,
                    Classified.Mutation _,
                    Classified.Explain _,
                    Classified.Refused _ -> true;
        };
    }

    /** The writing statement that an EXECUTE runs; null if it runs another, or is no EXECUTE. */
    static @Nullable KnownStatement executed(KnownStatement statement, StatementTracker prepared) {
        String name = preparedName(statement);
        KnownStatement executed = name == null ? null : prepared.find(name);
        return executed != null && executed.writes() ? executed : null;
    }

    /** The name that the statement executes, or null. */
    static @Nullable String preparedName(KnownStatement statement) {
        return switch (statement.classified()) {
            case Classified.Execute execute -> execute.name();
            case Classified.ExplainExecute explain -> explain.name();
            case Classified.Relay _,
                    Classified.Prepare _,
                    Classified.Deallocate _,
                    Classified.DryRun _,
                    Classified.Mutation _,
                    Classified.Explain _,
                    Classified.Refused _ -> null;
        };
    }

    /** Why a mutation cannot run now, whatever it is; null if it can. */
    static @Nullable PgError refusal(ServerMemory memory) {
        if (memory.transaction().status() == TransactionStatus.FAILED) {
            return ErrorCode.IN_FAILED_TRANSACTION.error();
        }
        return memory.isUtf8() ? null : ErrorCode.CLIENT_ENCODING_REFUSED.error(memory.encoding());
    }

    /** The error that the statement gets without being looked at further; null if the mutation side has to look. */
    static @Nullable PgError refusal(KnownStatement statement, StatementTracker prepared) {
        KnownStatement executed = executed(statement, prepared);
        Classified classified = executed == null ? statement.classified() : executed.classified();
        return classified instanceof Classified.Refused(ErrorCode code, QualifiedName table) && table.schema() != null
                ? code.error(table.toString())
                : null;
    }
}
