package io.penstock.node.control;

import io.penstock.adapters.TokenAnswer;
import io.penstock.config.Secret;
import io.penstock.node.control.StoredCredential.Revocation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The access token of one account for a command that does not belong to the cluster. It takes the one that the cluster keeps, and only where that has
 * ended it does what a keeper does: it becomes the owner, so that no keeper refreshes with what is used up then, and keeps what it got.
 *
 * <pre>
 * what is kept               the token               what is done
 * -------------------------  ----------------------  ------------------------------------------------------------
 * in a store                 good                    handed; nobody notices
 * in a store                 ended or refused        owner, claim, refresh, store; the cluster's keeper reads it again
 * nowhere                    configured and good     handed
 * nowhere                    ended, refused or none  refreshed and forgotten
 * nowhere, and a refresh     ended, refused or none  unavailable: the next refresh token would be lost, and with it the
 *   may end its own token                            account
 * </pre>
 */
public final class LoneTokens implements Tokens {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final long NEW = 1;
    /** Milliseconds. */
    private static final long LOOK_AGAIN = 300;

    /**
     * What it works with.
     *
     * @param rotating a refresh may end the refresh token and bring another one
     * @param refreshBefore how long before its end a token is no longer used; null where the API does not tell the end
     * @param store null where there is none (yet)
     * @param refresh asks the login server; never fails
     */
    public record Setup(
            String account,
            CredentialStore.Origin origin,
            boolean rotating,
            @Nullable Duration refreshBefore,
            @Nullable CredentialStore store,
            Function<Secret, CompletionStage<TokenAnswer>> refresh,
            LongSupplier clock,
            Executor blocking) {}

    private final Setup setup;
    private @Nullable StoredCredential held;
    private long heldSince;

    public LoneTokens(Setup setup) {
        this.setup = setup;
    }

    @Override
    public CompletionStage<Answer> token(long refused, Duration maxWait) {
        return CompletableFuture.supplyAsync(() -> find(refused, maxWait), setup.blocking())
                .exceptionally(failure -> new Unavailable("The credential cannot be read or kept.", SOON));
    }

    private synchronized Answer find(long refused, Duration maxWait) {
        long until = setup.clock().getAsLong() + maxWait.toMillis();
        CredentialStore store = setup.store();
        StoredCredential known = held;
        if (known == null) {
            known = store == null ? configured() : looked(store);
        }
        if (known != null && isGood(known, refused)) {
            return hand(known);
        }
        if (store == null) {
            return known == null ? new Unavailable("There is no credential.", SOON) : refreshAlone(known);
        }
        CredentialStore.Begun begun = join(store.begin(setup.account(), setup.origin()));
        hold(begun.credential());
        if (isGood(begun.credential(), refused)) {
            return hand(begun.credential());
        }
        if (begun.credential().revoked() != null || begun.credential().refreshToken() == null) {
            return revoked(begun.credential());
        }
        return begun.claimedFor() == null && join(store.claim(setup.account(), begun.epoch()))
                ? refresh(store, begun.credential())
                : others(store, refused, until);
    }

    /** Somebody else is at it, a keeper or another command: what they get will be kept. */
    private Answer others(CredentialStore store, long refused, long until) {
        while (setup.clock().getAsLong() + LOOK_AGAIN < until) {
            join(new CompletableFuture<Boolean>().completeOnTimeout(true, LOOK_AGAIN, TimeUnit.MILLISECONDS));
            StoredCredential kept = looked(store);
            if (kept != null && isGood(kept, refused)) {
                return hand(kept);
            }
        }
        return new Unavailable("The token is being refreshed.", SOON);
    }

    private @Nullable StoredCredential looked(CredentialStore store) {
        Optional<StoredCredential> kept = join(store.look(setup.account(), setup.origin()));
        kept.ifPresent(this::hold);
        return kept.orElse(null);
    }

    private StoredCredential configured() {
        StoredCredential credential = new StoredCredential(
                NEW, setup.origin().accessToken(), setup.origin().refreshToken(), null, null, null);
        hold(credential);
        return credential;
    }

    private void hold(StoredCredential credential) {
        held = credential;
        heldSince = setup.clock().getAsLong();
    }

    private boolean isGood(StoredCredential credential, long refused) {
        Duration validFor = credential.validFor();
        Duration before = setup.refreshBefore();
        long left = validFor == null
                ? Long.MAX_VALUE
                : heldSince + validFor.toMillis() - setup.clock().getAsLong();
        return credential.accessToken() != null
                && credential.revoked() == null
                && credential.version() != refused
                && left > (before == null ? 0 : before.toMillis());
    }

    private static Answer hand(StoredCredential credential) {
        Secret access = credential.accessToken();
        if (access == null) {
            throw new IllegalStateException("no token to hand");
        }
        return new Handed(new Token(credential.version(), access, credential.baseUrl(), null));
    }

    private static Answer revoked(StoredCredential credential) {
        Revocation why = credential.revoked();
        return why == null
                ? new Revoked("no_refresh_token", "The access token has ended and there is no refresh token.")
                : new Revoked(why.code(), why.message());
    }

    private Answer refreshAlone(StoredCredential credential) {
        Secret refreshToken = credential.refreshToken();
        if (refreshToken == null) {
            return revoked(credential);
        }
        if (setup.rotating()) {
            return new Unavailable(
                    "A refresh may end the refresh token that the account has, and the next one could not be kept: there is no"
                            + " schema penstock yet, which apply and a node that starts install, or the key that encrypts"
                            + " credentials is elsewhere",
                    Duration.ZERO);
        }
        return switch (join(setup.refresh().apply(refreshToken))) {
            case TokenAnswer.Granted granted -> {
                StoredCredential fresh = after(credential, granted);
                hold(fresh);
                yield hand(fresh);
            }
            case TokenAnswer.Revoked(String code, String message) -> new Revoked(code, message);
            case TokenAnswer.Failed(String message) -> new Unavailable(message, SOON);
        };
    }

    private Answer refresh(CredentialStore store, StoredCredential credential) {
        Secret refreshToken = credential.refreshToken();
        if (refreshToken == null) {
            return revoked(credential);
        }
        return switch (join(setup.refresh().apply(refreshToken))) {
            case TokenAnswer.Granted granted -> {
                StoredCredential fresh = after(credential, granted);
                if (!join(store.store(setup.account(), credential.version(), fresh))) {
                    yield new Unavailable("Another process refreshed the token.", SOON);
                }
                hold(fresh);
                yield hand(fresh);
            }
            case TokenAnswer.Revoked(String code, String message) -> {
                StoredCredential ended = credential.revokedFor(new Revocation(code, message));
                join(store.store(setup.account(), credential.version(), ended));
                yield new Revoked(code, message);
            }
            case TokenAnswer.Failed(String message) -> new Unavailable(message, SOON);
        };
    }

    private static StoredCredential after(StoredCredential credential, TokenAnswer.Granted granted) {
        String refreshToken = granted.refreshToken();
        String baseUrl = granted.baseUrl();
        return new StoredCredential(
                credential.version() + 1,
                Secret.of(granted.accessToken()),
                refreshToken == null ? credential.refreshToken() : Secret.of(refreshToken),
                baseUrl == null ? credential.baseUrl() : baseUrl,
                granted.expiresIn(),
                null);
    }

    private static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
    }
}
