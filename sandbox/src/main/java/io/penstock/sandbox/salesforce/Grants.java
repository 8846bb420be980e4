package io.penstock.sandbox.salesforce;

import java.time.Clock;
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
 * </pre>
 */
final class Grants {
    /** The organization that every token and every identity URL belongs to. */
    static final String ORGANIZATION = SalesforceId.of("00D", 1);

    private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

    /** What the user allowed the app once; all tokens that come of it live and die together. */
    private static final class Grant {
        private boolean dead;
    }

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
    record Refreshed(String accessToken, @Nullable String refreshToken) {}

    private final SalesforceConfig config;
    private final Clock clock;
    private final Map<String, Access> accessTokens = new HashMap<>();
    private final Map<String, Grant> refreshTokens = new HashMap<>();
    private final Set<String> usedRefreshTokens = new HashSet<>();
    private Random random;
    private boolean rotating;

    Grants(SalesforceConfig config) {
        this.config = config;
        this.clock = config.clock();
        this.random = new Random(config.seed());
        this.rotating = config.tokens().rotateRefreshTokens();
        refreshTokens.put(config.login().refreshToken(), new Grant());
    }

    void reset() {
        accessTokens.clear();
        refreshTokens.clear();
        usedRefreshTokens.clear();
        random = new Random(config.seed());
        rotating = config.tokens().rotateRefreshTokens();
        refreshTokens.put(config.login().refreshToken(), new Grant());
    }

    void rotate(boolean on) {
        rotating = on;
    }

    void expireAll() {
        accessTokens.clear();
    }

    /** An access token without a refresh token, as the password flow and the client's own flow give. */
    String issue() {
        return issue(null);
    }

    /** A new grant of the user, with its first tokens. */
    Refreshed grant() {
        Grant grant = new Grant();
        String refreshToken = "5Aep861" + text(60);
        refreshTokens.put(refreshToken, grant);
        return new Refreshed(issue(grant), refreshToken);
    }

    /** Null when the refresh token is none, or no longer one. */
    @Nullable
    Refreshed refresh(String refreshToken) {
        Grant grant = refreshTokens.get(refreshToken);
        if (grant == null || grant.dead) {
            return null;
        }
        if (usedRefreshTokens.contains(refreshToken)) {
            grant.dead = true;
            return null;
        }
        if (!rotating) {
            return new Refreshed(issue(grant), null);
        }
        usedRefreshTokens.add(refreshToken);
        String following = "5Aep861" + text(60);
        refreshTokens.put(following, grant);
        return new Refreshed(issue(grant), following);
    }

    /** Whether the token is good for one more request, which this is. */
    boolean use(String accessToken) {
        Access access = accessTokens.get(accessToken);
        if (access == null
                || access.grant != null && access.grant.dead
                || !clock.instant().isBefore(access.expires)) {
            return false;
        }
        if (config.tokens().uses() > 0 && access.usesLeft-- <= 0) {
            return false;
        }
        return true;
    }

    /** Ends an access token, or a refresh token with all that came of it. False when it is neither. */
    boolean revoke(String token) {
        Grant grant = refreshTokens.get(token);
        if (grant != null) {
            grant.dead = true;
        }
        return accessTokens.remove(token) != null || grant != null;
    }

    private String issue(@Nullable Grant grant) {
        String token = SalesforceId.shorten(ORGANIZATION) + "!AQ" + text(80);
        Instant expires = clock.instant().plus(config.tokens().lifetime());
        accessTokens.put(token, new Access(expires, grant, config.tokens().uses()));
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
