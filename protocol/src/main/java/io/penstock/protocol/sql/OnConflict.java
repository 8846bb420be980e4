package io.penstock.protocol.sql;

/** The conflict clause of an INSERT. */
public enum OnConflict {
    NONE,
    DO_NOTHING,
    DO_UPDATE
}
