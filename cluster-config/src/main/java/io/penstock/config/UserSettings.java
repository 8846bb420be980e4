package io.penstock.config;

import io.penstock.protocol.auth.ScramVerifier;

/**
 * A user that may log in.
 *
 * @param secret a SCRAM verifier as Postgres stores it, or the password itself
 */
public record UserSettings(String name, Secret secret) {
    private static final String VERIFIER_PREFIX = "SCRAM-SHA-256$";

    public UserSettings {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a user needs a name");
        }
    }

    /** Whether {@link #secret} begins as a verifier and is none: nobody means that as a password. */
    public boolean hasBrokenVerifier() {
        if (!hasVerifier()) {
            return false;
        }
        try {
            ScramVerifier.parse(secret.reveal());
            return false;
        } catch (IllegalArgumentException broken) {
            return true;
        }
    }

    /** Whether {@link #secret} is a verifier; else it is the password. */
    public boolean hasVerifier() {
        return secret.reveal().startsWith(VERIFIER_PREFIX);
    }
}
