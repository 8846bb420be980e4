package io.penstock.node.control;

import io.penstock.adapters.Bucket;
import io.penstock.adapters.TokenAnswer;
import io.penstock.config.ApiSettings;
import io.penstock.config.OAuthSettings;
import io.penstock.config.Secret;
import io.penstock.config.cluster.EntityKeys;
import io.penstock.config.cluster.KeeperMessage;
import io.penstock.config.cluster.KeeperReply;
import io.penstock.config.cluster.LimiterMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.apache.pekko.pattern.Patterns;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts this node's share of limiters and token keepers, and gives the node its way to them, wherever in the cluster they are. */
public final class ControlPlane implements AutoCloseable {
    /** Milliseconds that never go back. */
    public static final LongSupplier CLOCK = () -> System.nanoTime() / 1_000_000;

    /**
     * What the control of one account needs. Every node says the same of an account: any of them may own it.
     *
     * @param buckets the limits that the API's adapter has
     * @param refreshBefore how long before its end a token is no longer handed out; null where the API does not tell the end
     * @param refresh asks the login server with this refresh token; never fails
     */
    public record AccountControl(
            ApiSettings settings,
            List<Bucket> buckets,
            @Nullable Duration refreshBefore,
            CredentialStore credentials,
            EpochStore epochs,
            Function<Secret, CompletionStage<TokenAnswer>> refresh) {}

    /** How long the limiters of this node may take to note what they have granted; usually some ten milliseconds. */
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

    private final ActorSystem<?> system;
    private final Map<String, Permits> permits = new HashMap<>();
    private final Map<String, Tokens> tokens = new HashMap<>();
    private final List<ActorRef<PermitCache.Command>> caches = new ArrayList<>();

    private ControlPlane(ActorSystem<?> system) {
        this.system = system;
    }

    /** The system must be a node of a cluster, see {@link io.penstock.config.cluster.ClusterWiring}. */
    public static ControlPlane start(
            ActorSystem<?> system, Collection<AccountControl> accounts, ControlMetrics metrics, LongSupplier clock) {
        Map<String, AccountControl> byName = new HashMap<>();
        accounts.forEach(account -> byName.put(account.settings().name(), account));
        ClusterSharding sharding = ClusterSharding.get(system);
        ClusterShardingSettings settings =
                ClusterShardingSettings.create(system).withNoPassivationStrategy();
        sharding.init(Entity.of(EntityKeys.RATE_LIMITER, context -> limiter(byName.get(context.getEntityId()), clock))
                .withSettings(settings)
                .withStopMessage(new RateLimiter.Leave()));
        sharding.init(Entity.of(EntityKeys.TOKEN_KEEPER, context -> keeper(byName.get(context.getEntityId()), clock))
                .withSettings(settings));
        ControlPlane plane = new ControlPlane(system);
        // One life of one node: after a restart it holds nothing of what it held before.
        String node = UUID.randomUUID().toString();
        byName.forEach((name, account) -> plane.connect(sharding, node, account, metrics, clock));
        return plane;
    }

    private static Behavior<LimiterMessage> limiter(@Nullable AccountControl account, LongSupplier clock) {
        return account == null
                ? Behaviors.stopped()
                : RateLimiter.create(
                        new RateLimiter.Setup(account.settings().name(), rules(account), account.epochs(), clock));
    }

    private static Behavior<KeeperMessage> keeper(@Nullable AccountControl account, LongSupplier clock) {
        if (account == null) {
            return Behaviors.stopped();
        }
        OAuthSettings oauth = account.settings().oauth();
        return TokenKeeper.create(new TokenKeeper.Setup(
                account.settings().name(),
                new CredentialStore.Origin(oauth.refreshToken(), oauth.accessToken()),
                account.refreshBefore(),
                account.credentials(),
                account.refresh(),
                clock));
    }

    private static LimiterRules rules(AccountControl account) {
        return LimiterRules.of(
                account.buckets(),
                account.settings().limits(),
                account.settings().timeouts().request());
    }

    private void connect(
            ClusterSharding sharding, String node, AccountControl account, ControlMetrics metrics, LongSupplier clock) {
        String name = account.settings().name();
        EntityRef<LimiterMessage> limiter = sharding.entityRefFor(EntityKeys.RATE_LIMITER, name);
        ActorRef<PermitCache.Command> cache = system.systemActorOf(
                PermitCache.create(new PermitCache.Setup(
                        node,
                        message -> {
                            metrics.question(name, "limiter");
                            limiter.tell(message);
                        },
                        clock,
                        how -> metrics.permit(name, how))),
                "permits-" + permits.size(),
                Props.empty());
        caches.add(cache);
        permits.put(name, new NodePermits(rules(account), cache, clock));
        EntityRef<KeeperMessage> keeper = sharding.entityRefFor(EntityKeys.TOKEN_KEEPER, name);
        tokens.put(
                name,
                new NodeTokens(
                        name,
                        (question, maxWait) -> keeper.<KeeperReply>ask(question::apply, maxWait),
                        clock,
                        metrics));
    }

    /**
     * Gives back what this node holds, while the cluster can still be told, and lets its limiters note for the next owners what they have granted,
     * while Postgres still can. Other nodes' questions wait until the next owners have begun.
     */
    @Override
    public void close() {
        if (system.getWhenTerminated().toCompletableFuture().isDone()) {
            return; // given up by the others
        }
        try {
            // One after the other: what came while the limiters leave would be kept for their next owners, and the
            // region with it.
            for (ActorRef<PermitCache.Command> cache : caches) {
                stop(Adapter.toClassic(cache), new PermitCache.End());
            }
            stop(
                    org.apache.pekko.cluster.sharding.ClusterSharding.get(Adapter.toClassic(system))
                            .shardRegion(EntityKeys.RATE_LIMITER.name()),
                    ShardRegion.gracefulShutdownInstance());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException tooLong) {
            // As after a crash: the next owners wait until everything that may have been granted has left the windows.
            LOG.warn("the limiters of this node did not leave in good order");
        }
    }

    private static void stop(org.apache.pekko.actor.ActorRef actor, Object message)
            throws InterruptedException, ExecutionException {
        Patterns.gracefulStop(actor, LEAVING, message).toCompletableFuture().get();
    }

    /** @throws IllegalArgumentException if no such account was started */
    public Permits permits(String account) {
        return known(permits.get(account), account);
    }

    /** @throws IllegalArgumentException if no such account was started */
    public Tokens tokens(String account) {
        return known(tokens.get(account), account);
    }

    private static <T> T known(@Nullable T value, String account) {
        if (value == null) {
            throw new IllegalArgumentException("no such API account: " + account);
        }
        return value;
    }
}
