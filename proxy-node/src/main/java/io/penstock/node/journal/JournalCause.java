package io.penstock.node.journal;

/** Who brings an event: the running statement, the recovery of some node, or a person. */
public enum JournalCause {
    STATEMENT,
    RECOVERY,
    PERSON
}
