package io.penstock.node;

import io.penstock.config.PenstockSettings;
import io.penstock.config.cluster.EntityKeys;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingQuery;
import org.apache.pekko.cluster.sharding.typed.GetShardRegionState;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/**
 * A node of a cluster as a process of its own.
 *
 * <pre>
 * standard input    standard output
 *                   cluster: ready PORT
 * limits ACCOUNT    cluster: limits true      (whether the account's limiter is here)
 * end               the node ends in good order
 *                   cluster: given up         (the others have given it up; the process ends with exit code 3)
 * </pre>
 */
public final class ClusteredNode {
    private ClusteredNode() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        PenstockSettings settings = TestSettings.read(Files.readString(file), Path.of(arguments[1]), System::getenv);
        Node node = Node.start(settings);
        node.awaitFilled(Duration.ofMinutes(2));
        System.out.println("cluster: ready " + node.listenAddress().getPort());
        Thread.ofPlatform().daemon().start(() -> endWith(node));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            List<String> command = List.of(line.split(" "));
            switch (command.getFirst()) {
                case "limits" -> System.out.println("cluster: limits " + limits(node, command.getLast()));
                case "end" -> node.close();
                default -> throw new IllegalArgumentException(line);
            }
        }
        // The test has ended in whatever way; its node must not outlive it.
        Runtime.getRuntime().halt(1);
    }

    private static void endWith(Node node) {
        try {
            if (node.awaitClosed()) {
                Runtime.getRuntime().halt(0);
            }
            System.out.println("cluster: given up");
            Runtime.getRuntime().halt(3);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean limits(Node node, String account) throws Exception {
        ShardRegion.CurrentShardRegionState here =
                AskPattern.<ClusterShardingQuery, ShardRegion.CurrentShardRegionState>ask(
                                ClusterSharding.get(node.system()).shardState(),
                                replyTo -> new GetShardRegionState(EntityKeys.RATE_LIMITER, replyTo),
                                Duration.ofSeconds(10),
                                node.system().scheduler())
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
        return here.getShards().stream().anyMatch(shard -> shard.getEntityIds().contains(account));
    }
}
