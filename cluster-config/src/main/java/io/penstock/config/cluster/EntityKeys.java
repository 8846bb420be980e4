package io.penstock.config.cluster;

import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/** The sharded entities: of each there is at most one in the cluster by its id. */
public final class EntityKeys {
    /** By the name of the API account. */
    public static final EntityTypeKey<LimiterMessage> RATE_LIMITER =
            EntityTypeKey.create(LimiterMessage.class, "RateLimiter");

    /** By the name of the API account. */
    public static final EntityTypeKey<KeeperMessage> TOKEN_KEEPER =
            EntityTypeKey.create(KeeperMessage.class, "TokenKeeper");

    private EntityKeys() {}
}
