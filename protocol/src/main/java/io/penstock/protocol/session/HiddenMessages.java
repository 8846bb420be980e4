package io.penstock.protocol.session;

import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import io.penstock.protocol.message.TransactionStatus;
import java.util.List;

/**
 * Messages of the session's own to the client's server connection, whose answers the client does not see.
 *
 * <p>A mutation in an implicit transaction in which other statements have already run, as in {@code INSERT INTO log ...; INSERT INTO
 * salesforce.contacts ...} sent as one string, needs a true transaction block: only there are savepoints. BEGIN turns the implicit
 * transaction into one, with everything that it has done; COMMIT stands in for the end that Sync would have been.
 */
final class HiddenMessages {
    /** No client gives this name, and if one does it is told that it exists. */
    private static final String OWN_NAME = "penstock: transaction";

    /** The name stands in the server's log, so it says what happened. */
    private static final String POISON = "penstock: statement failed at the API";

    private final Outgoing out;
    private final ExpectationQueue queue;
    private final ServerMemory memory;

    HiddenMessages(Outgoing out, ExpectationQueue queue, ServerMemory memory) {
        this.out = out;
        this.queue = queue;
        this.memory = memory;
    }

    /** Whether a mutation would find an implicit transaction that is not empty. */
    boolean blockNeeded() {
        TransactionTracker transaction = memory.transaction();
        return transaction.status() == TransactionStatus.IDLE && transaction.dirty();
    }

    /** Opens a block around the implicit transaction. It is open when the queue has been answered; ask for that by Flush. */
    void begin() {
        transaction("BEGIN", true);
    }

    /** Ends the block, unless it has failed: then the server takes only ROLLBACK. */
    void commit() {
        if (memory.hiddenBlock() == ServerMemory.HiddenBlock.OPEN
                && memory.transaction().status() == TransactionStatus.IN_BLOCK) {
            memory.hiddenBlockEnding();
            transaction("COMMIT", false);
        }
    }

    void rollback() {
        transaction("ROLLBACK", false);
    }

    /**
     * Forgets the unnamed statement and portal, as every simple query does.
     *
     * @param portal false in a transaction block that had failed before: Postgres drops the portal only when a statement runs
     */
    void closeUnnamed(boolean portal) {
        if (memory.statements().hasUnnamed()) {
            queue.add(new Expectation.CloseStatement("", true));
            out.toServer(new FrontendMessage.Close(Target.STATEMENT, ""));
        }
        if (memory.portals().hasUnnamed() && portal) {
            queue.add(new Expectation.ClosePortal("", true));
            out.toServer(new FrontendMessage.Close(Target.PORTAL, ""));
        }
    }

    /** Makes the client's transaction fail, if there is one that the server does not know to have failed. */
    void poison() {
        TransactionTracker transaction = memory.transaction();
        if (transaction.status() == TransactionStatus.IN_BLOCK || blockNeeded()) {
            queue.add(new Expectation.Poison());
            out.toServer(new FrontendMessage.Execute(POISON, 0));
            memory.failed();
        }
    }

    private void transaction(String sql, boolean begins) {
        if (memory.hiddenStatementLeft()) {
            memory.hiddenStatementLeft(false);
            queue.add(new Expectation.CloseStatement(OWN_NAME, true));
            out.toServer(new FrontendMessage.Close(Target.STATEMENT, OWN_NAME));
        }
        queue.add(new Expectation.Parse(OWN_NAME, null, true));
        queue.add(new Expectation.Bind(OWN_NAME, OWN_NAME, null, true));
        queue.add(new Expectation.HiddenTransaction(begins));
        queue.add(new Expectation.ClosePortal(OWN_NAME, true));
        queue.add(new Expectation.CloseStatement(OWN_NAME, true));
        out.toServer(
                new FrontendMessage.Parse(OWN_NAME, sql, new int[0]),
                new FrontendMessage.Bind(OWN_NAME, OWN_NAME, new short[0], List.of(), new short[0]),
                new FrontendMessage.Execute(OWN_NAME, 0),
                new FrontendMessage.Close(Target.PORTAL, OWN_NAME),
                new FrontendMessage.Close(Target.STATEMENT, OWN_NAME));
    }
}
