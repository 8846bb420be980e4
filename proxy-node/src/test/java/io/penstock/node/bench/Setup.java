package io.penstock.node.bench;

/**
 * How what stands in front of Postgres is set up.
 *
 * @param pool server connections
 */
record Setup(Login login, Mode mode, int pool) {
    /** How clients log in. */
    enum Login {
        TRUST,
        SCRAM,
        /** With a password, through TLS. */
        TLS
    }

    /** How long a client keeps its server connection. */
    enum Mode {
        SESSION,
        TRANSACTION
    }

    static final String PASSWORD = "bench";

    boolean tls() {
        return login == Login.TLS;
    }

    /** The user whom clients log in as: the one with the password is asked for it. */
    String user() {
        return login == Login.TRUST ? "postgres" : "bench";
    }
}
