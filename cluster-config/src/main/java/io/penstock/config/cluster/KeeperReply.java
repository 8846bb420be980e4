package io.penstock.config.cluster;

import org.jspecify.annotations.Nullable;

/** What the token keeper of an API account says to a node. */
public sealed interface KeeperReply extends ClusterMessage {
    long request();

    /**
     * The access token.
     *
     * @param version grows with every refresh
     * @param baseUrl where the API wants to be called with it; null where it did not say
     * @param validFor milliseconds from the moment that the request was sent; null where the API does not tell
     */
    record TokenHanded(
            long request,
            long version,
            String accessToken,
            @Nullable String baseUrl,
            @Nullable Long validFor) implements KeeperReply {
        @Override
        public String toString() {
            return "TokenHanded[version " + version + "]";
        }
    }

    /** The account has no token any more until somebody authorises it again. */
    record TokenRevoked(long request, String code, String message) implements KeeperReply {}

    /** No token could be got now; asking again in so many milliseconds may help. */
    record TokenUnavailable(long request, String message, long retryAfter) implements KeeperReply {}
}
