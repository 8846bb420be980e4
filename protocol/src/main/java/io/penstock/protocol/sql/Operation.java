package io.penstock.protocol.sql;

/** What a mutation does to its target. */
public enum Operation {
    INSERT,
    UPDATE,
    DELETE
}
