package io.penstock.node.cancel;

import io.penstock.config.cluster.CancelMessage;
import io.penstock.config.cluster.CancelReply;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.GetCurrentState;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * Carries messages to and from {@link NodeTags}, and takes the requests that other nodes forward.
 *
 * <p>It is at the same path on every node, so a member's address is enough to find it; and there is nothing to be kept in step but who
 * the members are, which Pekko does anyway.
 */
final class CancelRouter extends AbstractBehavior<CancelMessage> {
    static final String NAME = "cancel-router";

    private static final Duration ASK_AGAIN = Duration.ofMillis(200);

    private record Changed() implements CancelMessage.Local, NoSerializationVerificationNeeded {}

    private record Members(CurrentClusterState state)
            implements CancelMessage.Local, NoSerializationVerificationNeeded {}

    private record Again() implements CancelMessage.Local, NoSerializationVerificationNeeded {}

    private final ClusterCancelRoutes routes;
    private final TimerScheduler<CancelMessage> timers;
    private final Cluster cluster;
    private final ActorRef<CurrentClusterState> snapshots;
    private final NodeTags<String> tags = new NodeTags<>();
    private final Map<String, ActorRef<CancelMessage>> routers = new HashMap<>();
    /** Members that do not answer at the moment: nothing is forwarded to them. */
    private final Set<String> unreachable = new HashSet<>();

    private CancelRouter(
            ActorContext<CancelMessage> context, TimerScheduler<CancelMessage> timers, ClusterCancelRoutes routes) {
        super(context);
        this.routes = routes;
        this.timers = timers;
        this.cluster = Cluster.get(context.getSystem());
        this.snapshots = context.messageAdapter(CurrentClusterState.class, Members::new);
        // An event says that something has changed. What the members are, in one piece, says the snapshot that is asked
        // for then.
        ActorRef<ClusterEvent.MemberEvent> changes =
                context.messageAdapter(ClusterEvent.MemberEvent.class, _ -> new Changed());
        cluster.subscriptions().tell(new Subscribe<>(changes, ClusterEvent.MemberEvent.class));
        ActorRef<ClusterEvent.ReachabilityEvent> reach =
                context.messageAdapter(ClusterEvent.ReachabilityEvent.class, _ -> new Changed());
        cluster.subscriptions().tell(new Subscribe<>(reach, ClusterEvent.ReachabilityEvent.class));
    }

    static Behavior<CancelMessage> create(ClusterCancelRoutes routes) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new CancelRouter(context, timers, routes)));
    }

    @Override
    public Receive<CancelMessage> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<CancelMessage> on(CancelMessage message) {
        switch (message) {
            case CancelMessage.AskTag(ActorRef<CancelMessage> replyTo) -> tell(replyTo);
            case CancelMessage.TagTold told -> {
                routers.put(told.node(), told.router());
                progress(() -> tags.told(told.node(), told.tag()));
            }
            case CancelMessage.ForwardCancel(int processId, byte[] secret, ActorRef<CancelReply> replyTo) ->
                routes.deliver(processId, secret)
                        .whenComplete((right, _) ->
                                replyTo.tell(new CancelReply.CancelDelivered(Boolean.TRUE.equals(right))));
            case CancelMessage.Local local -> own(local);
        }
        return this;
    }

    private void own(CancelMessage.Local message) {
        if (message instanceof Members(CurrentClusterState state)) {
            members(state);
        } else if (message instanceof Again) {
            ask(tags.again());
        } else {
            cluster.subscriptions().tell(new GetCurrentState(snapshots));
        }
    }

    private void members(CurrentClusterState state) {
        Member self = cluster.selfMember();
        Set<String> older = new HashSet<>();
        Set<String> younger = new HashSet<>();
        boolean up = false;
        for (Member member : state.getMembers()) {
            boolean placed = member.status() != MemberStatus.joining() && member.status() != MemberStatus.weaklyUp();
            if (member.uniqueAddress().equals(self.uniqueAddress())) {
                up = placed;
                self = member; // as old as the snapshot says
            }
        }
        for (Member member : state.getMembers()) {
            boolean placed = member.status() != MemberStatus.joining() && member.status() != MemberStatus.weaklyUp();
            if (placed && !member.uniqueAddress().equals(self.uniqueAddress())) {
                (member.isOlderThan(self) ? older : younger).add(node(member.uniqueAddress()));
            }
        }
        unreachable.clear();
        state.getUnreachable().forEach(member -> unreachable.add(node(member.uniqueAddress())));
        boolean placed = up;
        routers.keySet().retainAll(union(older, younger));
        progress(() -> ask(tags.members(placed, older, younger)));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    /** Runs an event, and tells of what came of it. */
    private void progress(Runnable event) {
        boolean had = tags.own() != 0;
        event.run();
        Map<Integer, ActorRef<CancelMessage>> known = new HashMap<>();
        routers.forEach((node, router) -> {
            if (!unreachable.contains(node)) {
                tags.tag(node).ifPresent(tag -> known.put(tag, router));
            }
        });
        routes.known(known);
        if (!had && tags.own() != 0) {
            // Before the first client can have an id with this tag.
            tags.others().forEach(node -> tell(router(node)));
            routes.chosen(tags.own());
        }
    }

    private void ask(List<String> nodes) {
        nodes.forEach(
                node -> router(node).tell(new CancelMessage.AskTag(getContext().getSelf())));
        if (nodes.isEmpty()) {
            timers.cancel(NAME);
        } else {
            timers.startSingleTimer(NAME, new Again(), ASK_AGAIN);
        }
    }

    private void tell(ActorRef<CancelMessage> to) {
        if (tags.own() != 0) {
            to.tell(new CancelMessage.TagTold(
                    node(cluster.selfMember().uniqueAddress()),
                    tags.own(),
                    getContext().getSelf()));
        }
    }

    /** The router of a node: at the address in front of the number of its life. */
    private ActorRef<CancelMessage> router(String node) {
        String address = node.substring(0, node.lastIndexOf('#'));
        return ActorRefResolver.get(getContext().getSystem()).resolveActorRef(address + "/system/" + NAME);
    }

    private static String node(UniqueAddress address) {
        return address.address() + "#" + address.longUid();
    }
}
