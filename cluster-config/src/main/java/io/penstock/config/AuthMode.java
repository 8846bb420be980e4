package io.penstock.config;

/** How a client proves who it is. */
public enum AuthMode {
    /** It does not: its word is taken. Refused off loopback. */
    TRUST,
    /** SCRAM-SHA-256 against {@link PenstockSettings#users}. */
    SCRAM,
    /** SCRAM-SHA-256 against the verifiers of Postgres's own users, and those of {@link PenstockSettings#users} before. */
    QUERY,
    /** By a TLS certificate whose common name is the user's; see {@link ListenerTlsSettings#clientCa}. */
    CERT
}
