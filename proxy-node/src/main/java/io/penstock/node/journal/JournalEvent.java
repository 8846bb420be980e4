package io.penstock.node.journal;

/** What can become known about a mutation after its intent has been written down. */
public enum JournalEvent {
    /** The API's own answer says that it applied the mutation. */
    API_ACCEPTED,
    /** The API's own answer says that it refused the mutation. */
    API_REJECTED,
    /** No byte of the request can have reached the API: no permit, no token, no connection. */
    CERTAINLY_NOT_SENT,
    /** Bytes may have left and no whole answer came. */
    ANSWER_LOST,
    /** Looked up at the API: the mutation took effect. */
    FOUND_AT_API,
    /** Looked up at the API: no effect, at a time when no request of this mutation could still be on its way. */
    ABSENT_AT_API,
    /** Looked up at the API, or could not be: no conclusion this time. */
    STILL_UNCLEAR,
    /** The API's row is in Postgres, committed in one transaction with this event. */
    ROW_STORED,
    /** Postgres refused the API's row for a reason that repeating does not mend. */
    ROW_REFUSED
}
