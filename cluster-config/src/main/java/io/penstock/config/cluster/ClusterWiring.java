package io.penstock.config.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.penstock.config.ClusterSettings;
import io.penstock.config.Endpoint;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

/** How Pekko is set up for a node. A user's file says nothing of Pekko; what a cluster needs is derived from {@link ClusterSettings}. */
public final class ClusterWiring {
    /** Name of the actor system: the same on all nodes, or they would not find one another. */
    public static final String SYSTEM = "penstock";

    private static final String FIXED = """
        pekko {
          # The node's own launcher handles signals and the end of the JVM.
          coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
          loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
          logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
          log-dead-letters-during-shutdown = off
          actor {
            provider = cluster
            allow-java-serialization = off
            serialization-bindings { "io.penstock.config.cluster.ClusterMessage" = jackson-cbor }
          }
          cluster {
            downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
            jmx.multi-mbeans-in-same-jvm = on
            # A cluster of one stands within half a second; in larger ones the messages are small and few.
            periodic-tasks-initial-delay = 100ms
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            # A node that is silent for some ten seconds is given up. What it owned may begin elsewhere at once: owners are fenced by their epochs.
            split-brain-resolver.stable-after = 5s
            down-removal-margin = 1s
            sharding {
              # A limiter that nobody asks for a while still knows what is in its windows.
              passivation.strategy = none
              remember-entities = off
              number-of-shards = 20
              retry-interval = 200ms
              waiting-for-state-timeout = 1s
            }
          }
        }
        """;

    private ClusterWiring() {}

    /** What the actor system is started with. */
    public static Config config(ClusterSettings settings) {
        List<String> seeds =
                settings.seedNodes().stream().map(ClusterWiring::address).toList();
        return ConfigFactory.parseMap(Map.of(
                        "pekko.remote.artery.canonical.hostname",
                        settings.endpoint().host(),
                        "pekko.remote.artery.canonical.port",
                        settings.endpoint().port(),
                        "pekko.cluster.seed-nodes",
                        seeds))
                .withFallback(ConfigFactory.parseString(FIXED))
                .withFallback(ConfigFactory.load());
    }

    /** Joins the cluster that the settings name, or makes one of this node alone. */
    public static void join(ActorSystem<?> system, ClusterSettings settings) {
        if (settings.seedNodes().isEmpty()) {
            Cluster cluster = Cluster.get(system);
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
        }
        // With seed nodes Pekko joins by itself.
    }

    private static String address(Endpoint seed) {
        return "pekko://" + SYSTEM + "@" + seed;
    }
}
