package io.penstock.protocol.message;

import io.penstock.protocol.error.ErrorCode;

/** The server's transaction status, as ReadyForQuery tells it. */
public enum TransactionStatus {
    /** Not in a transaction block. */
    IDLE('I'),
    /** In a transaction block. */
    IN_BLOCK('T'),
    /** In a failed transaction block: everything but its end is refused. */
    FAILED('E');

    private final byte code;

    TransactionStatus(char code) {
        this.code = (byte) code;
    }

    /** The byte on the wire. */
    public byte code() {
        return code;
    }

    /**
     * The status of a byte on the wire.
     *
     * @throws io.penstock.protocol.error.ProtocolViolation when there is no such status
     */
    public static TransactionStatus of(byte code) {
        return switch (code) {
            case 'I' -> IDLE;
            case 'T' -> IN_BLOCK;
            case 'E' -> FAILED;
            default -> throw ErrorCode.MALFORMED_MESSAGE.violation("unknown transaction status");
        };
    }
}
