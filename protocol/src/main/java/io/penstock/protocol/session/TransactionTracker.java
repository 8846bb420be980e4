package io.penstock.protocol.session;

import io.penstock.protocol.message.TransactionStatus;

/**
 * The transaction status of the server, also between two ReadyForQuery.
 *
 * <pre>
 * status     event                                    status     note
 * any        ReadyForQuery                            as told    IDLE ends the implicit transaction: clean again
 * IDLE       BEGIN completed                          IN_BLOCK   what ran before belongs to the block
 * IDLE       another statement completed              IDLE       dirty
 * IN_BLOCK   error                                    FAILED
 * IDLE       error                                    IDLE       the implicit transaction is lost
 * IN_BLOCK   COMMIT, PREPARE TRANSACTION completed    IDLE       committed
 * any        ROLLBACK completed                       IDLE       taken back
 * FAILED     COMMIT completed (as ROLLBACK)           IDLE       taken back
 * any        COMMIT or ROLLBACK AND CHAIN completed   IN_BLOCK
 * FAILED     ROLLBACK TO completed                    IN_BLOCK
 * </pre>
 */
final class TransactionTracker {
    private TransactionStatus status = TransactionStatus.IDLE;
    private boolean dirty;
    private boolean lost;

    TransactionStatus status() {
        return status;
    }

    /** Statements ran outside a block since the last ReadyForQuery, so that the next Sync commits them. */
    boolean dirty() {
        return dirty;
    }

    /** Whether the transaction that is now ending is taken back. */
    boolean lost() {
        return lost || status == TransactionStatus.FAILED;
    }

    void ready(TransactionStatus told) {
        status = told;
        if (told == TransactionStatus.IDLE) {
            dirty = false;
            lost = false;
        }
    }

    void failed() {
        if (status == TransactionStatus.IN_BLOCK) {
            status = TransactionStatus.FAILED;
        } else if (status == TransactionStatus.IDLE) {
            lost = true;
        }
    }

    void began() {
        if (status == TransactionStatus.IDLE) {
            status = TransactionStatus.IN_BLOCK;
        }
        dirty = false;
    }

    void ended(boolean chains) {
        status = chains ? TransactionStatus.IN_BLOCK : TransactionStatus.IDLE;
        dirty = false;
        lost = false;
    }

    void rolledBackToSavepoint() {
        status = TransactionStatus.IN_BLOCK;
    }

    void ran() {
        if (status == TransactionStatus.IDLE) {
            dirty = true;
        }
    }
}
