package io.penstock.node.cancel;

import io.penstock.config.cluster.CancelMessage;
import io.penstock.config.cluster.CancelReply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to the other members of this node's cluster. What it knows of them is kept by its {@link CancelRouter}. */
public final class ClusterCancelRoutes implements CancelRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterCancelRoutes.class);

    /** Longer than the owner waits for Postgres to take a request. */
    private static final Duration FORWARD_TIMEOUT = Duration.ofSeconds(25);

    private enum Answer {
        RIGHT,
        WRONG,
        /** The node has gone, or says nothing. */
        NONE
    }

    /** Compared by identity. */
    private static final class Forwarded {
        private final int to;
        private final CompletableFuture<Answer> answer;

        Forwarded(int to, CompletableFuture<Answer> answer) {
            this.to = to;
            this.answer = answer;
        }
    }

    private final ActorSystem<?> system;
    private final Set<Forwarded> pending = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Integer> tag = new CompletableFuture<>();
    private volatile Map<Integer, ActorRef<CancelMessage>> routers = Map.of();
    private volatile @Nullable Delivery delivery;

    private ClusterCancelRoutes(ActorSystem<?> system) {
        this.system = system;
    }

    /**
     * Begins to join the other nodes.
     *
     * @param system a node of a cluster, see {@link io.penstock.config.cluster.ClusterWiring}
     */
    public static ClusterCancelRoutes start(ActorSystem<?> system) {
        ClusterCancelRoutes routes = new ClusterCancelRoutes(system);
        system.systemActorOf(CancelRouter.create(routes), CancelRouter.NAME, Props.empty());
        return routes;
    }

    /** Waits until this node has its place in the cluster, and with it its tag. */
    public void awaitTag(Duration within) throws InterruptedException, TimeoutException {
        try {
            tag.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new TimeoutException("no place in the cluster after " + within.toSeconds()
                    + " s: a seed node or an older member does not answer");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public int tag() {
        return tag.join();
    }

    @Override
    public CompletionStage<Boolean> forward(int to, int processId, byte[] secret) {
        return ask(to, processId, secret).thenApply(answer -> answer != Answer.WRONG);
    }

    /** Right as soon as one says so; what the others have to say then changes nothing, since only one can have the session. */
    @Override
    public CompletionStage<Boolean> forwardToAll(int processId, byte[] secret) {
        CompletableFuture<Boolean> right = new CompletableFuture<>();
        List<CompletableFuture<Answer>> answers =
                routers.keySet().stream().map(to -> ask(to, processId, secret)).toList();
        answers.forEach(each -> each.thenAccept(answer -> {
            if (answer == Answer.RIGHT) {
                right.complete(true);
            }
        }));
        CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenRun(() -> right.complete(answers.stream().anyMatch(each -> each.join() != Answer.WRONG)));
        return right;
    }

    private CompletableFuture<Answer> ask(int to, int processId, byte[] secret) {
        ActorRef<CancelMessage> router = routers.get(to);
        if (router == null) {
            return CompletableFuture.completedFuture(Answer.WRONG);
        }
        Forwarded forwarded = new Forwarded(to, new CompletableFuture<>());
        pending.add(forwarded);
        AskPattern.<CancelMessage, CancelReply>ask(
                        router,
                        replyTo -> new CancelMessage.ForwardCancel(processId, secret, replyTo),
                        FORWARD_TIMEOUT,
                        system.scheduler())
                .whenComplete((reply, failure) -> {
                    if (failure == null) {
                        forwarded.answer.complete(
                                switch (reply) {
                                    case CancelReply.CancelDelivered(boolean right) ->
                                        right ? Answer.RIGHT : Answer.WRONG;
                                });
                    } else if (forwarded.answer.complete(Answer.NONE)) {
                        LOG.warn("a cancel request was not answered by the node that it was for", failure);
                    }
                });
        forwarded.answer.whenComplete((_, _) -> pending.remove(forwarded));
        if (!routers.containsKey(to)) {
            forwarded.answer.complete(Answer.NONE); // gone meanwhile
        }
        return forwarded.answer;
    }

    @Override
    public void deliverTo(Delivery local) {
        delivery = local;
    }

    // ---- for the router ----

    void chosen(int own) {
        tag.complete(own);
    }

    void known(Map<Integer, ActorRef<CancelMessage>> others) {
        routers = Map.copyOf(others);
        // What a node had running has ended with it: nobody is to wait for its answer.
        pending.stream()
                .filter(forwarded -> !others.containsKey(forwarded.to))
                .forEach(forwarded -> forwarded.answer.complete(Answer.NONE));
    }

    CompletionStage<Boolean> deliver(int processId, byte[] secret) {
        Delivery local = delivery;
        return local == null ? CompletableFuture.completedFuture(false) : local.deliver(processId, secret);
    }
}
