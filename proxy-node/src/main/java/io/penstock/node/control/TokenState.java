package io.penstock.node.control;

import io.penstock.adapters.TokenAnswer;
import io.penstock.config.Secret;
import io.penstock.node.control.StoredCredential.Revocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one account's token: one refresh at a time, stored before it is handed out, and none in vain. Pure: time comes in with each event, in
 * milliseconds of a clock that never goes back.
 *
 * <pre>
 * phase       event                                      next        effects
 * ----------  -----------------------------------------  ----------  ------------------------------------------------
 * LOADING     Wanted                                     LOADING     waits
 * LOADING     Loaded, revoked                            REVOKED     refuse all
 * LOADING     Loaded, an older owner's claim is alive    CLAIMED     wake when it ends
 * LOADING     Loaded                                     READY       serve all
 * LOADING     StoreFailed                                UNLOADED    refuse all as unavailable
 * CLAIMED     Tick, claim over                           LOADING     load again: what the older owner got is there now
 * UNLOADED    Wanted, Tick                               LOADING     load; before the pause is over: refuse as unavailable
 * READY       Wanted, token good and not refused         READY       hand it
 * READY       Wanted, token refused, ended or missing    CLAIMING    claim; waits
 * READY       the same, soon after the last refresh      READY       wake later; waits
 * READY       the same, soon after a failure             READY       refuse as unavailable
 * READY       the same without a refresh token           REVOKED     refuse all
 * CLAIMING    Claimed                                    REFRESHING  refresh
 * CLAIMING    StoreFailed                                READY       refuse all as unavailable, pause
 * REFRESHING  Answered, granted                          STORING     store; nobody gets it before
 * REFRESHING  Answered, revoked                          REVOKED     store that; refuse all
 * REFRESHING  Answered, failed                           READY       refuse all as unavailable, pause (doubled each time)
 * STORING     Stored                                     READY       serve all
 * STORING     StoreFailed                                STORING     refuse all as unavailable; store again later
 * REVOKED     Wanted                                     REVOKED     refuse: no loop
 * any         Fenced                                     FENCED      refuse all as unavailable, stop
 * FENCED      Wanted                                     FENCED      refuse as unavailable
 * any         any other                                  same        nothing: a late answer to a question no longer asked
 * </pre>
 *
 * The danger of a lost answer: a rotating refresh token may be used up though we never saw the new one. The next try then says revoked, and
 * that is where it ends.
 */
final class TokenState {
    /** Where the keeper stands. */
    enum Phase {
        LOADING,
        CLAIMED,
        UNLOADED,
        READY,
        CLAIMING,
        REFRESHING,
        STORING,
        REVOKED,
        FENCED
    }

    /** A token refused sooner than this was probably not refused because it had ended. */
    static final long YOUNG = 10_000;

    static final long FIRST_PAUSE = 1_000;
    static final long LONGEST_PAUSE = 60_000;

    private static final Revocation NO_REFRESH_TOKEN =
            new Revocation("no_refresh_token", "The access token has ended and there is no refresh token.");

    private final long refreshBefore;
    private final Map<Long, Long> refusedOf = new LinkedHashMap<>();
    private final List<TokenEffect> effects = new ArrayList<>();

    private Phase phase = Phase.LOADING;
    private long epoch;
    private StoredCredential credential = new StoredCredential(0, null, null, null, null, null);
    private @Nullable Token token;
    private @Nullable Long expiresAt;
    private long readyAt;

    /** Whether this owner itself has just got the token, and nobody has refused it yet. */
    private boolean fresh;

    /** Before it nothing is tried again. */
    private long notBefore;

    private int failures;
    private int youngRefusals;

    /** @param refreshBefore how long before its end a token is no longer handed out; null where the API does not tell the end */
    TokenState(@Nullable Duration refreshBefore) {
        this.refreshBefore = refreshBefore == null ? 0 : refreshBefore.toMillis();
    }

    Phase phase() {
        return phase;
    }

    /** The first thing to do. */
    List<TokenEffect> start() {
        return List.of(new TokenEffect.Load());
    }

    List<TokenEffect> on(TokenEvent event, long now) {
        effects.clear();
        switch (event) {
            case TokenEvent.Wanted wanted -> wanted(wanted, now);
            case TokenEvent.Loaded(CredentialStore.Begun begun) -> {
                if (phase == Phase.LOADING) {
                    loaded(begun, now);
                }
            }
            case TokenEvent.StoreFailed() -> storeFailed(now);
            case TokenEvent.Claimed() -> {
                Secret refreshToken = credential.refreshToken();
                if (phase == Phase.CLAIMING && refreshToken != null) {
                    phase = Phase.REFRESHING;
                    effects.add(new TokenEffect.Refresh(refreshToken));
                }
            }
            case TokenEvent.Fenced() -> {
                phase = Phase.FENCED;
                refuseAll("the token keeper has moved", 0);
                effects.add(new TokenEffect.Stop());
            }
            case TokenEvent.Answered(TokenAnswer answer) -> {
                if (phase == Phase.REFRESHING) {
                    answered(answer, now);
                }
            }
            case TokenEvent.Stored() -> {
                if (phase == Phase.STORING) {
                    fresh = true;
                    ready(now);
                }
            }
            case TokenEvent.Tick() -> tick(now);
        }
        return List.copyOf(effects);
    }

    private void wanted(TokenEvent.Wanted wanted, long now) {
        refusedOf.put(wanted.caller(), wanted.refused());
        switch (phase) {
            case LOADING, CLAIMED, CLAIMING, REFRESHING, STORING -> {}
            case READY -> serve(now);
            case UNLOADED -> reload(now);
            case REVOKED -> refuseRevoked();
            case FENCED -> refuseAll("the token keeper has moved", 0);
        }
    }

    private void tick(long now) {
        switch (phase) {
            case CLAIMED -> {
                if (now >= notBefore) {
                    phase = Phase.LOADING;
                    effects.add(new TokenEffect.Load());
                } else {
                    effects.add(new TokenEffect.WakeAt(notBefore));
                }
            }
            case READY -> serve(now);
            case UNLOADED -> reload(now);
            case STORING -> {
                if (now >= notBefore) {
                    effects.add(new TokenEffect.Store(credential.version() - 1, credential));
                }
            }
            case LOADING, CLAIMING, REFRESHING, REVOKED, FENCED -> {}
        }
    }

    private void reload(long now) {
        if (now < notBefore) {
            refuseAll("the credential cannot be read", notBefore - now);
            return;
        }
        phase = Phase.LOADING;
        effects.add(new TokenEffect.Load());
    }

    private void loaded(CredentialStore.Begun begun, long now) {
        epoch = begun.epoch();
        credential = begun.credential();
        failures = 0;
        Duration claimedFor = begun.claimedFor();
        if (credential.revoked() != null) {
            phase = Phase.REVOKED;
            refuseRevoked();
        } else if (claimedFor != null) {
            phase = Phase.CLAIMED;
            notBefore = now + Math.max(1, claimedFor.toMillis());
            effects.add(new TokenEffect.WakeAt(notBefore));
        } else {
            notBefore = 0;
            ready(now);
        }
    }

    private void ready(long now) {
        phase = Phase.READY;
        readyAt = now;
        Secret access = credential.accessToken();
        Duration validFor = credential.validFor();
        expiresAt = validFor == null ? null : now + validFor.toMillis();
        token = access == null ? null : new Token(credential.version(), access, credential.baseUrl(), expiresAt);
        serve(now);
    }

    /** Hands the token to all whom it suits; for the others begins a refresh. */
    private void serve(long now) {
        Token held = token;
        Long end = expiresAt;
        if (held != null && (end == null || now < end - refreshBefore)) {
            hand(held);
            if (!refusedOf.isEmpty()) {
                noteRefusal(now);
            }
        }
        if (refusedOf.isEmpty()) {
            return;
        }
        if (credential.refreshToken() == null) {
            credential = credential.revokedFor(NO_REFRESH_TOKEN);
            phase = Phase.REVOKED;
            refuseRevoked();
        } else if (now < notBefore && failures > 0) {
            refuseAll("the login server did not answer", notBefore - now);
        } else if (now < notBefore) {
            effects.add(new TokenEffect.WakeAt(notBefore));
        } else {
            phase = Phase.CLAIMING;
            effects.add(new TokenEffect.Claim(epoch));
        }
    }

    private void hand(Token held) {
        refusedOf.entrySet().removeIf(waiting -> {
            boolean suits = waiting.getValue() < held.version() || waiting.getValue() == 0;
            if (suits) {
                effects.add(new TokenEffect.Hand(waiting.getKey(), held));
            }
            return suits;
        });
    }

    /** A token that is refused although it is new will not be mended by another one, so the next refresh waits, longer each time. */
    private void noteRefusal(long now) {
        if (!fresh) {
            return;
        }
        fresh = false;
        if (now - readyAt < YOUNG) {
            notBefore = Math.max(notBefore, readyAt + pause(youngRefusals));
            youngRefusals++;
        } else {
            youngRefusals = 0;
        }
    }

    private void answered(TokenAnswer answer, long now) {
        switch (answer) {
            case TokenAnswer.Granted granted -> {
                failures = 0;
                String refreshToken = granted.refreshToken();
                String baseUrl = granted.baseUrl();
                credential = new StoredCredential(
                        credential.version() + 1,
                        Secret.of(granted.accessToken()),
                        refreshToken == null ? credential.refreshToken() : Secret.of(refreshToken),
                        baseUrl == null ? credential.baseUrl() : baseUrl,
                        granted.expiresIn(),
                        null);
                phase = Phase.STORING;
                effects.add(new TokenEffect.Store(credential.version() - 1, credential));
            }
            case TokenAnswer.Revoked(String code, String message) -> {
                credential = credential.revokedFor(new Revocation(code, message));
                phase = Phase.REVOKED;
                effects.add(new TokenEffect.Store(credential.version(), credential));
                refuseRevoked();
            }
            case TokenAnswer.Failed(String message) -> {
                phase = Phase.READY;
                notBefore = now + pause(failures++);
                refuseAll(message, notBefore - now);
            }
        }
    }

    private void storeFailed(long now) {
        switch (phase) {
            case LOADING -> {
                phase = Phase.UNLOADED;
                notBefore = now + pause(failures++);
                refuseAll("the credential cannot be read", notBefore - now);
            }
            case CLAIMING -> {
                phase = Phase.READY;
                notBefore = now + pause(failures++);
                refuseAll("the credential cannot be kept", notBefore - now);
            }
            case STORING -> {
                notBefore = now + FIRST_PAUSE;
                refuseAll("the refreshed credential cannot be kept", FIRST_PAUSE);
                effects.add(new TokenEffect.WakeAt(notBefore));
            }
            case CLAIMED, UNLOADED, READY, REFRESHING, REVOKED, FENCED -> {}
        }
    }

    private static long pause(int earlierFailures) {
        return Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(earlierFailures, 6));
    }

    private void refuseAll(String message, long retryAfter) {
        refusedOf
                .keySet()
                .forEach(caller -> effects.add(new TokenEffect.RefuseUnavailable(caller, message, retryAfter)));
        refusedOf.clear();
    }

    private void refuseRevoked() {
        Revocation revocation = credential.revoked();
        Revocation reason = revocation == null ? NO_REFRESH_TOKEN : revocation;
        refusedOf.keySet().forEach(caller -> effects.add(new TokenEffect.RefuseRevoked(caller, reason)));
        refusedOf.clear();
    }
}
