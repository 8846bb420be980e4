package io.penstock.protocol.session;

import java.util.Map;

/**
 * What holds for a client before it has said who it is.
 *
 * @param encryption whether TLS can be had, or must be
 * @param databaseOfSync which database a user name means by what it carries behind its last dot, whatever database it asks for
 */
public record StartupRules(Encryption encryption, Map<String, String> databaseOfSync) {
    /** A listener without a certificate. */
    public static final StartupRules PLAIN = new StartupRules(Encryption.NONE, Map.of());

    public StartupRules {
        databaseOfSync = Map.copyOf(databaseOfSync);
    }

    /** TLS between client and proxy. */
    public enum Encryption {
        /** There is no certificate: an SSLRequest is answered {@code N}. */
        NONE,
        /** A client may ask for it. */
        OFFERED,
        /** Who does not ask for it is refused. CancelRequests, which old clients always send in plain text, excepted. */
        REQUIRED
    }
}
