package io.penstock.protocol.frame;

/** How long a message may be, by its type: PostgreSQL's own limits. Lengths count the length word and not the type byte. */
public final class FrameLimits {
    /** The type does not exist. */
    static final int UNKNOWN_TYPE = -1;

    /** MAX_STARTUP_PACKET_LENGTH, which does not count the length word: an unknown peer cannot make us hold more. */
    public static final int STARTUP_BODY = 10_000;

    /** PQ_SMALL_MESSAGE_LIMIT, for messages that hold a name or nothing. */
    public static final int SMALL = 10_000;

    /** PG_MAX_AUTH_TOKEN_LENGTH: passwords and tokens, which come before the client is known. */
    public static final int AUTHENTICATION = 65_535;

    /** Any message of a client before it is known. SCRAM's are a tenth of it; Postgres has tokens of Kerberos in mind and takes 64 KiB. */
    public static final int STRANGER = 16 * 1024;

    /** PQ_LARGE_MESSAGE_LIMIT, 1 GB - 2. */
    public static final int LARGE = 0x3fff_ffff - 1;

    /** What libpq takes for messages of a server that should be short. */
    public static final int SHORT_OF_SERVER = 30_000;

    /** 65,535 parameter types, which are more than {@link #SHORT_OF_SERVER}. */
    private static final int PARAMETER_TYPES = 4 + 2 + 4 * 65_535;

    private FrameLimits() {}

    /** The limit of a client's message, {@link #UNKNOWN_TYPE} for a type that does not exist. */
    static int frontend(byte type, int large) {
        return switch (type) {
            case FrontendType.QUERY,
                    FrontendType.PARSE,
                    FrontendType.BIND,
                    FrontendType.FUNCTION_CALL,
                    FrontendType.COPY_DATA -> large;
            case FrontendType.CLOSE,
                    FrontendType.COPY_DONE,
                    FrontendType.COPY_FAIL,
                    FrontendType.DESCRIBE,
                    FrontendType.EXECUTE,
                    FrontendType.FLUSH,
                    FrontendType.SYNC,
                    FrontendType.TERMINATE -> Math.min(SMALL, large);
            case FrontendType.AUTHENTICATION -> Math.min(AUTHENTICATION, large);
            default -> UNKNOWN_TYPE;
        };
    }

    /** The limit of a server's message, {@link #UNKNOWN_TYPE} for a type that does not exist. */
    static int backend(byte type, int large) {
        return switch (type) {
            case BackendType.DATA_ROW,
                    BackendType.ROW_DESCRIPTION,
                    BackendType.COPY_DATA,
                    BackendType.FUNCTION_CALL_RESPONSE,
                    BackendType.ERROR_RESPONSE,
                    BackendType.NOTICE_RESPONSE,
                    BackendType.NOTIFICATION_RESPONSE -> large;
            case BackendType.PARAMETER_DESCRIPTION,
                    BackendType.COPY_IN_RESPONSE,
                    BackendType.COPY_OUT_RESPONSE,
                    BackendType.COPY_BOTH_RESPONSE -> Math.min(PARAMETER_TYPES, large);
            case BackendType.AUTHENTICATION,
                    BackendType.BACKEND_KEY_DATA,
                    BackendType.BIND_COMPLETE,
                    BackendType.CLOSE_COMPLETE,
                    BackendType.COMMAND_COMPLETE,
                    BackendType.COPY_DONE,
                    BackendType.EMPTY_QUERY_RESPONSE,
                    BackendType.NEGOTIATE_PROTOCOL_VERSION,
                    BackendType.NO_DATA,
                    BackendType.PARAMETER_STATUS,
                    BackendType.PARSE_COMPLETE,
                    BackendType.PORTAL_SUSPENDED,
                    BackendType.READY_FOR_QUERY -> Math.min(SHORT_OF_SERVER, large);
            default -> UNKNOWN_TYPE;
        };
    }
}
