package io.penstock.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.cluster.LimiterReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Catalogue K-05 and C-10: limiters and caches under a seeded scheduler with virtual time. Messages are late and get lost, the owner moves, in
 * good order or while the old one goes on as a zombie, and no window of the API ever holds more calls than its limit.
 */
class LimiterSimulationTest {
    private static final int LIMIT = 20;
    private static final long WINDOW = 2_000;
    private static final int SLOTS = 6;
    private static final Map<String, Integer> COSTS = Map.of("burst", 1);
    private static final Set<String> SLOT = Set.of("concurrent");

    private enum Move {
        NONE,
        ZOMBIE,
        LEAVING
    }

    @ParameterizedTest
    @EnumSource
    void noWindowHoldsMoreThanItsLimitAndNobodyWaitsForEver(Move move) {
        long seeds = Long.getLong("seeds", 60);
        for (long seed = 1; seed <= seeds; seed++) {
            new World(seed, move).run();
        }
    }

    /** One run. */
    private static final class World {
        private final long seed;
        private final Move move;
        private final Random random;
        private final PriorityQueue<Due> agenda = new PriorityQueue<>();
        private final List<Owner> owners = new ArrayList<>();
        private final List<Node> nodes = new ArrayList<>();
        private final List<Long> uses = new ArrayList<>();
        private long now = 1_000_000;
        private long order;
        private long epoch;
        private long seenAt = -1;
        private @Nullable LimiterNote note;
        private int underWay;
        private int mostUnderWay;
        private int asked;
        private int answered;

        World(long seed, Move move) {
            this.seed = seed;
            this.move = move;
            this.random = new Random(seed);
        }

        void run() {
            owners.add(new Owner());
            for (int i = 0; i < 3; i++) {
                Node node = new Node("node-" + i);
                nodes.add(node);
                for (int caller = 0; caller < 60; caller++) {
                    long id = caller;
                    at(random.nextInt(12_000), () -> node.want(id));
                }
            }
            int moved = 3_000 + random.nextInt(4_000);
            switch (move) {
                case NONE -> {}
                case ZOMBIE -> at(moved, () -> owners.add(new Owner()));
                case LEAVING -> at(moved, () -> owners.getLast().on(new LimiterEvent.Leaving()));
            }
            long end = now + 90_000;
            for (Due due = agenda.poll(); due != null && due.time <= end; due = agenda.poll()) {
                now = Math.max(now, due.time);
                due.action.run();
            }
            check();
        }

        private void check() {
            List<Long> sorted = uses.stream().sorted().toList();
            for (int i = LIMIT; i < sorted.size(); i++) {
                assertThat(sorted.get(i) - sorted.get(i - LIMIT))
                        .as("seed %d: %d calls in a window, move %s", seed, LIMIT + 1, move)
                        .isGreaterThanOrEqualTo(WINDOW);
            }
            assertThat(answered).as("seed %d: callers answered", seed).isEqualTo(asked);
            assertThat(uses.size()).as("seed %d: calls", seed).isGreaterThan(asked / 2);
            if (move == Move.NONE) {
                // After a move what dead nodes hold is only guessed, see SlotBudget.
                assertThat(mostUnderWay)
                        .as("seed %d: calls at the same time", seed)
                        .isLessThanOrEqualTo(SLOTS);
            }
        }

        private void at(long delay, Runnable action) {
            agenda.add(new Due(now + delay, order++, action));
        }

        /** A message, late and sometimes lost. */
        private void message(Runnable arrival) {
            if (random.nextInt(50) > 0) {
                at(1 + random.nextInt(30), arrival);
            }
        }

        /** The limiter on one node; when a newer one has begun it goes on as long as it believes in itself. */
        private final class Owner {
            private final LimiterState state = new LimiterState(new LimiterRules(
                    List.of(new LimiterRules.Window("burst", LIMIT, WINDOW, 0)),
                    List.of(new LimiterRules.Slots("concurrent", SLOTS)),
                    1_000,
                    2_000));
            private boolean stopped;
            private long wakeAt = Long.MAX_VALUE;

            Owner() {
                run(state.start(now));
            }

            void on(LimiterEvent event) {
                if (!stopped) {
                    run(state.on(event, now));
                    long wake = state.wakeAt(now);
                    if (wake != Long.MAX_VALUE) {
                        wakeAt = wake;
                        at(wake - now, () -> {
                            if (wakeAt == wake) {
                                on(new LimiterEvent.Tick());
                            }
                        });
                    }
                }
            }

            private void run(List<LimiterEffect> effects) {
                for (LimiterEffect effect : effects) {
                    switch (effect) {
                        case LimiterEffect.Begin() ->
                            at(random.nextInt(20), () -> {
                                Long since = seenAt < 0 ? null : now - seenAt;
                                LimiterNote before = note;
                                long mine = ++epoch;
                                seenAt = now;
                                note = null;
                                at(random.nextInt(20), () -> on(new LimiterEvent.Begun(mine, since, before)));
                            });
                        case LimiterEffect.Renew(long mine, LimiterNote said) ->
                            at(random.nextInt(20), () -> {
                                boolean owner = renew(mine, said);
                                at(
                                        random.nextInt(20),
                                        () -> on(owner ? new LimiterEvent.Renewed() : new LimiterEvent.Fenced()));
                            });
                        case LimiterEffect.Leave(long mine, LimiterNote said) ->
                            at(random.nextInt(20), () -> {
                                renew(mine, said);
                                at(random.nextInt(20), () -> on(new LimiterEvent.Left()));
                            });
                        case LimiterEffect.Grant(
                                String node,
                                long request,
                                int attempt,
                                long grant,
                                int count,
                                long waited,
                                long validFor) ->
                            tell(
                                    node,
                                    new LimiterReply.PermitsGranted(
                                            state.epoch(), request, attempt, grant, count, waited, validFor));
                        case LimiterEffect.Hold(
                                String node,
                                long request,
                                String bucket,
                                int slots,
                                long waited,
                                long validFor) ->
                            tell(
                                    node,
                                    new LimiterReply.SlotsHeld(
                                            state.epoch(), request, bucket, slots, waited, validFor));
                        case LimiterEffect.Deny(String node, long request, String bucket, long retryAfter) ->
                            tell(node, new LimiterReply.Denied(state.epoch(), request, bucket, retryAfter));
                        case LimiterEffect.WantSlots(String bucket, String waiting) ->
                            nodes.stream()
                                    .filter(node -> !node.name.equals(waiting))
                                    .forEach(node ->
                                            tell(node.name, new LimiterReply.SlotsWanted(state.epoch(), bucket)));
                        case LimiterEffect.Pause(String bucket, long pause) ->
                            nodes.forEach(
                                    node -> tell(node.name, new LimiterReply.Paused(state.epoch(), bucket, pause)));
                        case LimiterEffect.Stop() -> {
                            stopped = true;
                            if (move == Move.LEAVING) {
                                at(random.nextInt(200), () -> owners.add(new Owner()));
                            }
                        }
                    }
                }
            }

            private boolean renew(long mine, LimiterNote said) {
                if (mine != epoch) {
                    return false;
                }
                seenAt = now;
                note = said;
                return true;
            }

            private void tell(String name, LimiterReply reply) {
                nodes.stream()
                        .filter(node -> node.name.equals(name))
                        .forEach(node -> message(() -> node.on(new PermitEvent.Told(reply))));
            }
        }

        /** A node with its cache and its callers. */
        private final class Node {
            private final String name;
            private final PermitCacheState state = new PermitCacheState();
            private final Map<Long, Boolean> open = new HashMap<>();
            private long wakeAt = Long.MAX_VALUE;

            Node(String name) {
                this.name = name;
            }

            void want(long caller) {
                asked++;
                open.put(caller, true);
                on(new PermitEvent.Wanted(caller, COSTS, SLOT, 60_000));
            }

            void on(PermitEvent event) {
                for (PermitEffect effect : state.on(event, now)) {
                    run(effect);
                }
                long wake = state.wakeAt(now);
                if (wake != Long.MAX_VALUE && wake != wakeAt) {
                    wakeAt = wake;
                    at(wake - now, () -> {
                        if (wakeAt == wake) {
                            wakeAt = Long.MAX_VALUE;
                            on(new PermitEvent.Tick());
                        }
                    });
                }
            }

            private void run(PermitEffect effect) {
                switch (effect) {
                    case PermitEffect.Give(long caller, long until) -> given(caller, until);
                    case PermitEffect.Refuse(long caller, String bucket, long retryAfter) -> {
                        if (open.remove(caller) != null) {
                            answered++;
                        }
                    }
                    case PermitEffect.Ask(
                            long request,
                            int attempt,
                            Map<String, Integer> costs,
                            int needed,
                            int extra,
                            long maxWait) ->
                        send(new LimiterEvent.Asked(name, request, attempt, costs, needed, extra, maxWait));
                    case PermitEffect.Return(long ofEpoch, long grant, int unused) ->
                        send(new LimiterEvent.Returned(ofEpoch, grant, unused));
                    case PermitEffect.Hold(long request, String bucket, int held, int wanted, long maxWait) ->
                        send(new LimiterEvent.Held(name, request, bucket, held, wanted, maxWait));
                }
            }

            /** The call begins at once or as late as it may; sometimes it is not made at all. */
            private void given(long caller, long until) {
                assertThat(open.remove(caller))
                        .as("seed %d: caller answered once", seed)
                        .isNotNull();
                answered++;
                underWay++;
                mostUnderWay = Math.max(mostUnderWay, underWay);
                boolean used = random.nextInt(10) > 0;
                long begins = random.nextBoolean() ? now : Math.max(now, until - 1);
                at(begins - now, () -> {
                    if (used) {
                        uses.add(now);
                    }
                    at(used ? random.nextInt(400) : 0, () -> {
                        underWay--;
                        on(new PermitEvent.Done(caller, used));
                    });
                });
            }

            private void send(LimiterEvent event) {
                // Most messages find the newest owner; some still go to the one before.
                Owner owner = owners.size() > 1 && random.nextInt(5) == 0 ? owners.getFirst() : owners.getLast();
                message(() -> owner.on(event));
            }
        }
    }

    private record Due(long time, long order, Runnable action) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return time == other.time ? Long.compare(order, other.order) : Long.compare(time, other.time);
        }
    }
}
