package io.penstock.protocol.session;

/**
 * What a session needs to know from outside before it begins.
 *
 * @param processId the positive number that the client gets as its backend's process id, unless it has one server for itself, whose id
 *     it then gets; it leads a CancelRequest here
 * @param secret 32 random bytes; clients of protocol 3.0 get the first four, those of 3.2 all
 * @param relayFunctionCalls whether the fast-path FunctionCall goes to the server (libpq's large objects need it; the guard in the
 *     database covers what a function may write) or is refused
 * @param waitingBytes how much of what a client sends behind a held statement is kept before reading stops
 * @param expectations how many answers a client may let stand open before reading stops
 * @param startup what holds before the client has said who it is
 */
public record SessionSettings(
        Authentication authentication,
        int processId,
        byte[] secret,
        boolean relayFunctionCalls,
        int waitingBytes,
        int expectations,
        StartupRules startup) {
    /** As much as a socket's usual receive buffer: a client that pipelines normally is never stopped. */
    public static final int DEFAULT_WAITING_BYTES = 64 * 1024;

    /** An entry costs about 50 bytes, so a client can make us hold half a megabyte. */
    public static final int DEFAULT_EXPECTATIONS = 10_000;

    private static final int SECRET_BYTES = 32;

    public SessionSettings {
        if (processId <= 0) {
            throw new IllegalArgumentException("process ids are positive");
        }
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException("secret of " + secret.length + " bytes");
        }
        if (waitingBytes <= 0 || expectations <= 0) {
            throw new IllegalArgumentException("limits are positive");
        }
    }

    /** For a listener in plain text. */
    public SessionSettings(
            Authentication authentication,
            int processId,
            byte[] secret,
            boolean relayFunctionCalls,
            int waitingBytes,
            int expectations) {
        this(authentication, processId, secret, relayFunctionCalls, waitingBytes, expectations, StartupRules.PLAIN);
    }

    public static SessionSettings of(Authentication authentication, int processId, byte[] secret) {
        return new SessionSettings(
                authentication, processId, secret, true, DEFAULT_WAITING_BYTES, DEFAULT_EXPECTATIONS);
    }

    /** The same with other rules for the beginning. */
    public SessionSettings with(StartupRules rules) {
        return new SessionSettings(
                authentication, processId, secret, relayFunctionCalls, waitingBytes, expectations, rules);
    }

    /** How a client proves who it is. */
    public sealed interface Authentication {
        /** It need not. */
        record Trust() implements Authentication {}

        /**
         * By SCRAM-SHA-256, or its PLUS form where the connection is encrypted.
         *
         * @param nonce printable ASCII, fresh for each session
         * @param mockKey the node's secret from which the salts of unknown users are made, so that they look like known ones
         */
        record Scram(String nonce, byte[] mockKey) implements Authentication {}

        /** By a TLS certificate whose common name is the user's. */
        record Certificate() implements Authentication {}
    }

    /** For logs: never the secret. */
    @Override
    public String toString() {
        return "SessionSettings[" + processId + "]";
    }
}
