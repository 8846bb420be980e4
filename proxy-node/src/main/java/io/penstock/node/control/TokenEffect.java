package io.penstock.node.control;

import io.penstock.config.Secret;

/** What a token keeper wants done. */
sealed interface TokenEffect {
    /** Become the owner: {@link CredentialStore#begin}. */
    record Load() implements TokenEffect {}

    /** {@link CredentialStore#claim}. */
    record Claim(long epoch) implements TokenEffect {}

    /** Ask the login server. */
    record Refresh(Secret refreshToken) implements TokenEffect {}

    /** {@link CredentialStore#store}. */
    record Store(long expectedVersion, StoredCredential credential) implements TokenEffect {}

    record Hand(long caller, Token token) implements TokenEffect {}

    record RefuseRevoked(long caller, StoredCredential.Revocation revocation) implements TokenEffect {}

    /** @param retryAfter milliseconds */
    record RefuseUnavailable(long caller, String message, long retryAfter) implements TokenEffect {}

    /** Send a {@link TokenEvent.Tick} then. */
    record WakeAt(long time) implements TokenEffect {}

    /** This owner is an old one: end it. */
    record Stop() implements TokenEffect {}
}
