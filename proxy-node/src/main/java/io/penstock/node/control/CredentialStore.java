package io.penstock.node.control;

import io.penstock.config.Secret;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps credentials where every node finds them, encrypted. Stages fail where the store cannot be reached.
 *
 * <p>Two things keep two owners apart. An owner takes a new epoch, and only the newest may claim the right to refresh. A new owner that finds a
 * claim still alive waits for it: the refresh of the old owner may be under way, and with a rotating refresh token a second one would end the
 * grant. What the old owner then got is stored by version, not by epoch, because it is the only good refresh token there is.
 */
public interface CredentialStore {
    /** How long a claim holds back others: longer than any refresh may take. */
    Duration CLAIM_LIFE = Duration.ofSeconds(40);

    /**
     * Makes the caller the owner.
     *
     * @param origin what configuration says today; where it differs from what the kept credential came from, that one is forgotten
     */
    CompletionStage<Begun> begin(String account, Origin origin);

    /** What is kept, for somebody who only looks; empty where there is nothing, or configuration says another origin today. */
    CompletionStage<Optional<StoredCredential>> look(String account, Origin origin);

    /** Says that the owner is about to refresh; false if there is a newer owner. */
    CompletionStage<Boolean> claim(String account, long epoch);

    /** Keeps the credential in place of the one with the version, and ends the claim; false if another took its place before. */
    CompletionStage<Boolean> store(String account, long expectedVersion, StoredCredential credential);

    /** What configuration gives an account to begin with. */
    record Origin(@Nullable Secret refreshToken, @Nullable Secret accessToken) {}

    /**
     * A new ownership.
     *
     * @param claimedFor how much longer an older owner's claim is alive; null where there is none
     */
    record Begun(
            long epoch,
            StoredCredential credential,
            @Nullable Duration claimedFor) {}
}
