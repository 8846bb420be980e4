package io.penstock.protocol.message;

import io.penstock.protocol.error.ErrorCode;

/** What Describe and Close are about. */
public enum Target {
    STATEMENT('S'),
    PORTAL('P');

    private final byte code;

    Target(char code) {
        this.code = (byte) code;
    }

    /** The byte on the wire. */
    public byte code() {
        return code;
    }

    /**
     * The target of a byte on the wire.
     *
     * @throws io.penstock.protocol.error.ProtocolViolation when there is no such target
     */
    public static Target of(byte code) {
        return switch (code) {
            case 'S' -> STATEMENT;
            case 'P' -> PORTAL;
            default -> throw ErrorCode.MALFORMED_MESSAGE.violation("neither statement nor portal");
        };
    }
}
