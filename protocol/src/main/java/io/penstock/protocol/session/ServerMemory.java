package io.penstock.protocol.session;

import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.Classified;
import io.penstock.protocol.sql.Command;
import io.penstock.protocol.sql.LexerOptions;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the session knows of its server connection. It changes only by what the server has confirmed. */
final class ServerMemory {
    /** A transaction block that the session itself has opened around what the client sees as one implicit transaction. */
    enum HiddenBlock {
        NONE,
        OPEN,
        /** COMMIT is under way. */
        ENDING
    }

    private final StatementTracker statements = new StatementTracker();
    private final PortalTracker portals = new PortalTracker();
    private final TransactionTracker transaction = new TransactionTracker();
    private final DryRunState dryRun;
    private HiddenBlock hiddenBlock = HiddenBlock.NONE;
    private boolean hiddenStatementLeft;
    private LexerOptions lexer = LexerOptions.DEFAULT;
    private String encoding = "UTF8";

    ServerMemory(Map<String, String> startupParameters) {
        dryRun = new DryRunState(startupParameters);
    }

    StatementTracker statements() {
        return statements;
    }

    PortalTracker portals() {
        return portals;
    }

    TransactionTracker transaction() {
        return transaction;
    }

    DryRunState dryRun() {
        return dryRun;
    }

    HiddenBlock hiddenBlock() {
        return hiddenBlock;
    }

    /** The session's own prepared statement still exists: the error of its Execute made the server skip the Close behind it. */
    boolean hiddenStatementLeft() {
        return hiddenStatementLeft;
    }

    void hiddenStatementLeft(boolean left) {
        hiddenStatementLeft = left;
    }

    LexerOptions lexer() {
        return lexer;
    }

    /** The name of the client_encoding, as the server reports it. */
    String encoding() {
        return encoding;
    }

    boolean isUtf8() {
        return encoding.equals("UTF8");
    }

    /** In which SQL is read to be classified: other encodings keep ASCII as it is, which is enough to see what a statement is. */
    Charset charset() {
        return isUtf8() ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    }

    /** ParameterStatus. */
    void parameter(String name, String value) {
        switch (name) {
            case "standard_conforming_strings" -> lexer = new LexerOptions(value.equals("on"));
            case "client_encoding" -> encoding = value;
            default -> {}
        }
    }

    /** ReadyForQuery. */
    void ready(TransactionStatus status) {
        if (status == TransactionStatus.IDLE) {
            transactionEnded();
        }
        transaction.ready(status);
    }

    void failed() {
        transaction.failed();
        if (hiddenBlock == HiddenBlock.ENDING) {
            hiddenBlock = HiddenBlock.OPEN;
        }
    }

    void hiddenBlockOpened() {
        hiddenBlock = HiddenBlock.OPEN;
        transaction.began();
    }

    void hiddenBlockEnding() {
        hiddenBlock = HiddenBlock.ENDING;
    }

    void hiddenBlockEnded() {
        transactionEnded();
        transaction.ended(false);
    }

    /** A statement has been completed; null for one that the session need not know. */
    void completed(@Nullable KnownStatement statement) {
        if (statement == null) {
            transaction.ran();
            return;
        }
        switch (statement.classified()) {
            case Classified.Relay(Command command) -> completed(command, statement.chains());
            case Classified.Prepare prepare -> {
                statements.prepared(prepare.name(), statement.prepared(prepare));
                transaction.ran();
            }
            case Classified.Deallocate(String name) -> {
                if (name == null) {
                    statements.closedAllNamed();
                } else {
                    statements.closed(name);
                }
                transaction.ran();
            }
            case Classified.DryRun change -> {
                dryRun.changed(change);
                transaction.ran();
            }
            case Classified.Mutation _,
                    Classified.Explain _,
                    Classified.Execute _,
                    Classified.ExplainExecute _,
                    Classified.Refused _ -> transaction.ran();
        }
    }

    private void completed(Command command, boolean chains) {
        switch (command) {
            case BEGIN -> {
                // The client's own block from now on, whoever opened it.
                hiddenBlock = HiddenBlock.NONE;
                transaction.began();
            }
            case COMMIT, PREPARE_TRANSACTION -> {
                transactionEnded();
                transaction.ended(chains);
            }
            case ROLLBACK -> {
                dryRun.transactionEnded(false);
                transactionEnded();
                transaction.ended(chains);
            }
            case ROLLBACK_TO -> {
                // Which of the portals were made since the savepoint is not known here. Executing one of a mutation is
                // then refused
                // by the database, if it still exists.
                portals.clear();
                dryRun.rolledBackToSavepoint();
                transaction.rolledBackToSavepoint();
            }
            case RESET_ALL -> {
                dryRun.reset();
                transaction.ran();
            }
            case DISCARD_ALL -> {
                dryRun.reset();
                statements.closedAllNamed();
                portals.clear();
                transaction.ran();
            }
            default -> transaction.ran();
        }
    }

    private void transactionEnded() {
        dryRun.transactionEnded(!transaction.lost());
        portals.clear();
        hiddenBlock = HiddenBlock.NONE;
    }
}
