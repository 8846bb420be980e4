package io.penstock.sandbox.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens and refresh tokens.
 *
 * <pre>
 * refresh token   used, no rotation     used, rotation                 used again after rotation
 * current         same one goes on      replaced; becomes used         -
 * used            -                     -                              the grant is dead, and every token of it
 * expired         refused               refused                        refused
 * </pre>
 */
public final class Grants {
    private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

    /**
     * How tokens look and how they end.
     *
     * @param lifetime after which an access token is expired
     * @param uses after which an access token is expired; 0 for no such limit
     * @param refreshLifetime after which a refresh token that nobody used is expired
     * @param rotateRefreshTokens whether each refresh gives a new refresh token; using an old one again then kills the grant
     * @param accessPrefix what every access token begins with
     * @param refreshPrefix what every refresh token begins with
     * @param firstRefreshToken what the user has given the app already
     */
    public record Rules(
            Duration lifetime,
            int uses,
            Duration refreshLifetime,
            boolean rotateRefreshTokens,
            String accessPrefix,
            String refreshPrefix,
            String firstRefreshToken) {}

    /** What the user allowed the app once; all tokens that come of it live and die together. */
    private static final class Grant {
        private boolean dead;
    }

    private record Refresh(Grant grant, Instant expires) {}

    private static final class Access {
        private final Instant expires;
        private final @Nullable Grant grant;
        private int usesLeft;

        private Access(Instant expires, @Nullable Grant grant, int usesLeft) {
            this.expires = expires;
            this.grant = grant;
            this.usesLeft = usesLeft;
        }
    }

    /** What a refresh brings: a new access token, and a new refresh token where they rotate. */
    public record Refreshed(String accessToken, @Nullable String refreshToken) {}

    /** What an access token is to the API at this moment. */
    public enum State {
        GOOD,
        /** It was good once: its time is over, or its uses are, or somebody revoked it. */
        EXPIRED,
        UNKNOWN
    }

    private final Rules rules;
    private final Clock clock;
    private final long seed;
    private final Map<String, Access> accessTokens = new HashMap<>();
    private final Map<String, Refresh> refreshTokens = new HashMap<>();
    private final Set<String> usedRefreshTokens = new HashSet<>();
    private Random random;
    private boolean rotating;

    public Grants(Rules rules, Clock clock, long seed) {
        this.rules = rules;
        this.clock = clock;
        this.seed = seed;
        this.random = new Random(seed);
        this.rotating = rules.rotateRefreshTokens();
        keep(rules.firstRefreshToken(), new Grant());
    }

    public void reset() {
        accessTokens.clear();
        refreshTokens.clear();
        usedRefreshTokens.clear();
        random = new Random(seed);
        rotating = rules.rotateRefreshTokens();
        keep(rules.firstRefreshToken(), new Grant());
    }

    public void rotate(boolean on) {
        rotating = on;
    }

    /** Every access token that is out there counts as expired from now on. */
    public void expireAll() {
        accessTokens.replaceAll((token, access) -> new Access(clock.instant(), access.grant, 0));
    }

    /** An access token without a refresh token, as the password flow and the client's own flow give. */
    public String issue() {
        return issue(null);
    }

    /** A new grant of the user, with its first tokens. */
    public Refreshed grant() {
        Grant grant = new Grant();
        String refreshToken = rules.refreshPrefix() + text(60);
        keep(refreshToken, grant);
        return new Refreshed(issue(grant), refreshToken);
    }

    /** Null when the refresh token is none, or no longer one. */
    public @Nullable Refreshed refresh(String refreshToken) {
        Refresh refresh = refreshTokens.get(refreshToken);
        if (refresh == null || refresh.grant().dead || !clock.instant().isBefore(refresh.expires())) {
            return null;
        }
        Grant grant = refresh.grant();
        if (usedRefreshTokens.contains(refreshToken)) {
            grant.dead = true;
            return null;
        }
        if (!rotating) {
            keep(refreshToken, grant);
            return new Refreshed(issue(grant), null);
        }
        usedRefreshTokens.add(refreshToken);
        String following = rules.refreshPrefix() + text(60);
        keep(following, grant);
        return new Refreshed(issue(grant), following);
    }

    /** Whether the token is good for one more request, which this is. */
    public boolean use(String accessToken) {
        return state(accessToken) == State.GOOD;
    }

    /** The same, and whether a token that is not good ever was one; a good one has a use less afterwards. */
    public State state(String accessToken) {
        Access access = accessTokens.get(accessToken);
        if (access == null) {
            return State.UNKNOWN;
        }
        if (access.grant != null && access.grant.dead || !clock.instant().isBefore(access.expires)) {
            return State.EXPIRED;
        }
        return rules.uses() > 0 && access.usesLeft-- <= 0 ? State.EXPIRED : State.GOOD;
    }

    /** When an access token ended, for an API that tells; null when it is none. */
    public @Nullable Instant expiry(String accessToken) {
        Access access = accessTokens.get(accessToken);
        return access == null ? null : access.expires;
    }

    /** Ends an access token, or a refresh token with all that came of it. False when it is neither. */
    public boolean revoke(String token) {
        Refresh refresh = refreshTokens.get(token);
        if (refresh != null) {
            refresh.grant().dead = true;
        }
        return accessTokens.remove(token) != null || refresh != null;
    }

    private void keep(String refreshToken, Grant grant) {
        refreshTokens.put(refreshToken, new Refresh(grant, clock.instant().plus(rules.refreshLifetime())));
    }

    private String issue(@Nullable Grant grant) {
        String token = rules.accessPrefix() + text(80);
        Instant expires = clock.instant().plus(rules.lifetime());
        accessTokens.put(token, new Access(expires, grant, rules.uses()));
        return token;
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return text.toString();
    }
}
