package io.penstock.node.journal;

/** Where one mutation stands. {@link JournalMachine} has the moves; a person reads the words in the view {@code penstock.journal}. */
public enum JournalState {
    /** Written down before the request leaves. Found by recovery it means: may have been sent. */
    INTENT,
    /** The API has applied it, and its answer is durable (in the journal or in a node's {@link AnswerFile}); the row is not in Postgres yet. */
    ACCEPTED,
    /** The API has refused it. Nothing changed anywhere. */
    REJECTED,
    /** It never took effect at the API: not sent, or looked for and not found when nothing could still be on its way. */
    NOT_APPLIED,
    /** It was sent, and nobody knows yet whether the API applied it. The client has been told so (40003). */
    IN_DOUBT,
    /** At the API and in Postgres: done. */
    APPLIED,
    /** At the API, but Postgres refuses the API's row (a local constraint or type). Kept until somebody makes room for it. */
    PARKED;

    /** Whether somebody still has to do something about it. An open entry is never pruned. */
    public boolean open() {
        return switch (this) {
            case INTENT, ACCEPTED, IN_DOUBT, PARKED -> true;
            case REJECTED, NOT_APPLIED, APPLIED -> false;
        };
    }
}
