package io.penstock.node.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shares the limits of one API account among the nodes. Pure: time comes in with each event, in milliseconds of a clock that never goes back.
 *
 * <p>It grants only while it knows that it is the owner: the lease lasts a few seconds and is renewed in the store of epochs, so an owner that
 * was paused has lost it by its own clock before it can grant anything. Who leaves in good order notes what it has granted, and the next one
 * goes on from there; otherwise the next one waits until everything that may have been granted has left the windows. For windows that are too
 * long to be waited for each renewal has a note.
 *
 * <pre>
 * phase     event                                   next      effects
 * --------  --------------------------------------  --------  --------------------------------------------------------------
 * STARTING  Asked, Held with a want                 STARTING  queued
 * STARTING  Begun, with a last note or none before  GRANTING  what is noted counts; serve
 * STARTING  Begun                                   GRANTING  closed as long as an owner before may have permits out; serve
 * STARTING  StoreFailed                             STARTING  begin again a second later
 * GRANTING  Asked                                   GRANTING  queued; the same request again keeps its place; serve
 * GRANTING  Held                                    GRANTING  the node's word is taken and confirmed; a want is queued; serve
 * GRANTING  Returned, of this epoch                 GRANTING  the permits are free again; serve
 * GRANTING  Gone                                    GRANTING  the node waits no more; its slots are free when its hold ends; serve
 * GRANTING  Observed                                GRANTING  the API's count wins; serve
 * GRANTING  Refused                                 GRANTING  the bucket is closed; all nodes pause; serve
 * GRANTING  Renewed                                 GRANTING  lease from when the renewal was sent; serve
 * GRANTING  StoreFailed                             GRANTING  renew again a second later; the lease goes on running out
 * GRANTING  Tick                                    GRANTING  serve
 * GRANTING  Leaving                                 LEAVING   deny all; Leave, with the last note
 * LEAVING   Left, StoreFailed                       GONE      stop
 * STARTING  Leaving                                 GONE      deny all, stop
 * any       Fenced                                  GONE      deny all, stop
 * LEAVING   Asked, Held with a want                 LEAVING   denied
 * GONE      Asked, Held with a want                 GONE      denied
 *
 * serve, for each in the queue, in order            effects
 * ------------------------------------------------  -----------------------------------------------------------------------
 * its time is over                                  Deny, saying when to ask again
 * no lease                                          waits; Renew
 * somebody before it waits for the same bucket      waits
 * enough is free                                    Grant, with some extra if nobody is kept waiting by it
 * less is free                                      Grant of that; the rest waits; for slots: WantSlots
 * nothing will be free within its time              Deny
 * </pre>
 */
final class LimiterState {
    /** Where the limiter stands. */
    enum Phase {
        STARTING,
        GRANTING,
        LEAVING,
        GONE
    }

    /** How long an owner may grant after it was last known to be the owner. */
    static final long LEASE = 5_000;

    private static final long RENEW = 2_000;
    private static final long RETRY = 1_000;

    /** How long a node holds slots without saying so again. */
    static final long SLOTS_VALID = 10_000;

    /** Longer pauses are not believed: the API may be asked again sooner than a broken header says. */
    static final long LONGEST_PAUSE = 3_600_000;

    /** Share of the free permits that may go out without anybody needing them yet. */
    private static final int EXTRA_SHARE = 4;

    private final LimiterRules rules;
    private final Map<String, WindowBudget> windows = new LinkedHashMap<>();
    private final Map<String, SlotBudget> slots = new LinkedHashMap<>();
    private final List<Waiting> queue = new ArrayList<>();
    private final Map<String, Long> slotsWantedAt = new HashMap<>();
    private final List<LimiterEffect> effects = new ArrayList<>();
    private final long validFor;
    /** How long a call may be on its way to the API: one that begins at the last moment counts there that much later. */
    private final long onItsWay;

    private Phase phase = Phase.STARTING;
    private long epoch;
    private long grants;
    private long leaseUntil = Long.MIN_VALUE;
    private long askedStoreAt;
    private boolean storeAsked;
    private long busyUntil = Long.MIN_VALUE;

    /** Somebody in the queue: for permits, or for slots of one bucket. */
    private static final class Waiting {
        final String node;
        final @Nullable String slotBucket;
        final Map<String, Integer> costs;
        long request;
        int attempt;
        int needed;
        int extra;
        long arrivedAt;
        long deadline;

        Waiting(String node, @Nullable String slotBucket, Map<String, Integer> costs) {
            this.node = node;
            this.slotBucket = slotBucket;
            this.costs = costs;
        }
    }

    LimiterState(LimiterRules rules) {
        this.rules = rules;
        rules.windows().forEach(rule -> windows.put(rule.name(), new WindowBudget(rule)));
        rules.slots().forEach(rule -> slots.put(rule.name(), new SlotBudget(rule, rules.longestCall())));
        // A fortieth of the shortest window: so much of it is lost to permits that may be used late.
        this.validFor = rules.windows().stream()
                .mapToLong(rule -> Math.clamp(rule.length() / 40, 50, 10_000))
                .min()
                .orElse(10_000);
        this.onItsWay = validFor / 5;
    }

    Phase phase() {
        return phase;
    }

    long epoch() {
        return epoch;
    }

    /** The first thing to do. */
    List<LimiterEffect> start(long now) {
        storeAsked = true;
        askedStoreAt = now;
        return List.of(new LimiterEffect.Begin());
    }

    List<LimiterEffect> on(LimiterEvent event, long now) {
        effects.clear();
        switch (event) {
            case LimiterEvent.Asked asked -> asked(asked, now);
            case LimiterEvent.Held held -> held(held, now);
            case LimiterEvent.Returned(long ofEpoch, long grant, int unused) -> {
                if (ofEpoch == epoch) {
                    windows.values().forEach(window -> window.giveBack(grant, unused));
                }
            }
            case LimiterEvent.Gone(String node) -> {
                queue.removeIf(waiting -> waiting.node.equals(node));
                slots.values().forEach(budget -> budget.gone(node));
            }
            case LimiterEvent.Observed(String bucket, long limit, long remaining, Long resetsAfter) -> {
                WindowBudget window = windows.get(bucket);
                if (window != null) {
                    window.observe(limit, remaining, resetsAfter, now);
                }
            }
            case LimiterEvent.Refused(String bucket, Long retryAfter) -> refused(bucket, retryAfter, now);
            case LimiterEvent.Begun begun -> {
                if (phase == Phase.STARTING) {
                    begun(begun, now);
                }
            }
            case LimiterEvent.Renewed() -> {
                storeAsked = false;
                leaseUntil = askedStoreAt + LEASE;
            }
            case LimiterEvent.StoreFailed() -> {
                storeAsked = false;
                if (phase == Phase.LEAVING) {
                    stop();
                }
            }
            case LimiterEvent.Leaving() -> leave(now);
            case LimiterEvent.Left(), LimiterEvent.Fenced() -> stop();
            case LimiterEvent.Tick() -> {}
        }
        if (isServing()) {
            serve(now);
            keepLease(now);
        }
        return List.copyOf(effects);
    }

    private boolean isServing() {
        return phase == Phase.STARTING || phase == Phase.GRANTING;
    }

    private void leave(long now) {
        if (phase == Phase.STARTING) {
            stop();
        } else if (phase == Phase.GRANTING) {
            phase = Phase.LEAVING;
            denyAll();
            effects.add(new LimiterEffect.Leave(epoch, note(true, now)));
        }
    }

    private void stop() {
        phase = Phase.GONE;
        denyAll();
        effects.add(new LimiterEffect.Stop());
    }

    private LimiterNote note(boolean last, long now) {
        Map<String, LimiterNote.WindowNote> notes = new HashMap<>();
        windows.forEach((name, window) -> {
            if (last || window.isLong()) {
                notes.put(name, window.note(now));
            }
        });
        return new LimiterNote(last, notes);
    }

    /** When the next {@link LimiterEvent.Tick} is due; {@code Long.MAX_VALUE} for never. */
    long wakeAt(long now) {
        if (!isServing() || (queue.isEmpty() && now >= busyUntil && phase == Phase.GRANTING)) {
            return Long.MAX_VALUE;
        }
        long wake = now + RETRY;
        for (Waiting waiting : queue) {
            wake = Math.min(wake, waiting.deadline);
            long opens = opensAt(waiting, now);
            if (opens > now) {
                wake = Math.min(wake, opens);
            }
        }
        return Math.max(wake, now + 5);
    }

    private void asked(LimiterEvent.Asked asked, long now) {
        if (!windows.keySet().containsAll(asked.costs().keySet())) {
            effects.add(new LimiterEffect.Deny(asked.node(), asked.request(), "unknown", RETRY));
            return;
        }
        Waiting waiting = find(asked.node(), asked.request());
        if (waiting == null) {
            waiting = new Waiting(asked.node(), null, asked.costs());
            waiting.needed = asked.needed();
            queue.add(waiting);
        }
        waiting.request = asked.request();
        waiting.attempt = asked.attempt();
        waiting.needed = Math.min(waiting.needed, asked.needed());
        waiting.extra = asked.extra();
        waiting.arrivedAt = now;
        waiting.deadline = now + asked.maxWait();
        denyIfOver();
    }

    private @Nullable Waiting find(String node, long request) {
        for (Waiting waiting : queue) {
            if (waiting.slotBucket == null && waiting.request == request && waiting.node.equals(node)) {
                return waiting;
            }
        }
        return null;
    }

    private void held(LimiterEvent.Held held, long now) {
        SlotBudget budget = slots.get(held.bucket());
        if (budget == null) {
            effects.add(new LimiterEffect.Deny(held.node(), held.request(), "unknown", RETRY));
            return;
        }
        budget.hold(held.node(), held.held(), now, SLOTS_VALID);
        Waiting waiting = null;
        for (Waiting queued : queue) {
            if (held.bucket().equals(queued.slotBucket) && queued.node.equals(held.node())) {
                waiting = queued;
            }
        }
        if (held.wanted() == 0) {
            queue.remove(waiting);
        } else {
            if (waiting == null) {
                waiting = new Waiting(held.node(), held.bucket(), Map.of());
                queue.add(waiting);
            }
            waiting.request = held.request();
            waiting.needed = held.wanted();
            waiting.arrivedAt = now;
            waiting.deadline = now + held.maxWait();
        }
        effects.add(new LimiterEffect.Hold(held.node(), held.request(), held.bucket(), held.held(), 0, SLOTS_VALID));
        denyIfOver();
    }

    private void refused(String bucket, @Nullable Long retryAfter, long now) {
        long pause = Math.clamp(retryAfter == null ? rules.penalty() : retryAfter, 1, LONGEST_PAUSE);
        WindowBudget window = windows.get(bucket);
        SlotBudget slot = slots.get(bucket);
        if (window != null) {
            window.close(now + pause);
        } else if (slot != null) {
            slot.close(now + pause);
        } else {
            windows.values().forEach(any -> any.close(now + pause));
        }
        effects.add(new LimiterEffect.Pause(bucket, pause));
    }

    private void begun(LimiterEvent.Begun begun, long now) {
        phase = Phase.GRANTING;
        epoch = begun.epoch();
        storeAsked = false;
        leaseUntil = askedStoreAt + LEASE;
        Long sinceSeen = begun.sinceSeen();
        if (sinceSeen == null) {
            return;
        }
        LimiterNote note = begun.note();
        boolean last = note != null && note.last();
        for (WindowBudget window : windows.values()) {
            LimiterNote.WindowNote noted = note == null ? null : note.windows().get(window.name());
            if (noted != null) {
                window.resume(noted, last, sinceSeen, now);
            }
            if (noted == null || !last) {
                window.startConservatively(now, LEASE + validFor + onItsWay - sinceSeen);
            }
        }
        slots.values().forEach(slot -> slot.startConservatively(now, LEASE + SLOTS_VALID - sinceSeen));
    }

    private void keepLease(long now) {
        if (storeAsked) {
            return;
        }
        if (phase == Phase.STARTING && now >= askedStoreAt + RETRY) {
            effects.add(new LimiterEffect.Begin());
        } else if (phase == Phase.GRANTING
                && (now >= leaseUntil ? !queue.isEmpty() : now < busyUntil && now >= askedStoreAt + RENEW)) {
            effects.add(new LimiterEffect.Renew(epoch, note(false, now)));
        } else {
            return;
        }
        storeAsked = true;
        askedStoreAt = now;
    }

    private void serve(long now) {
        boolean owner = phase == Phase.GRANTING && now < leaseUntil;
        Set<String> waitedFor = new HashSet<>();
        for (Iterator<Waiting> each = queue.iterator(); each.hasNext(); ) {
            Waiting waiting = each.next();
            boolean done = waiting.deadline <= now;
            if (done) {
                deny(waiting, now);
            } else if (owner) {
                done = waiting.slotBucket == null
                        ? servePermits(waiting, waitedFor, now)
                        : serveSlots(waiting, waiting.slotBucket, waitedFor, now);
            }
            if (done) {
                each.remove();
            }
        }
    }

    /** Whether the waiting is over. */
    private boolean servePermits(Waiting waiting, Set<String> waitedFor, long now) {
        if (waiting.costs.keySet().stream().anyMatch(waitedFor::contains)) {
            waitedFor.addAll(waiting.costs.keySet());
            return waiting.needed == 0;
        }
        long free = Long.MAX_VALUE;
        boolean known = true;
        for (Map.Entry<String, Integer> cost : waiting.costs.entrySet()) {
            WindowBudget window = window(cost.getKey());
            free = Math.min(free, window.free(now) / cost.getValue());
            known &= window.isKnown();
        }
        int count = (int) Math.min(waiting.needed, free);
        if (count == waiting.needed && known) {
            count += (int) Math.min(waiting.extra, (free - count) / EXTRA_SHARE);
        }
        boolean done = count >= waiting.needed;
        if (count > 0 || done) {
            grant(waiting, count, now);
        }
        if (!done) {
            waiting.needed -= count;
            if (opensAt(waiting, now) > waiting.deadline) {
                deny(waiting, now);
                return true;
            }
            waitedFor.addAll(waiting.costs.keySet());
        }
        return done;
    }

    private void grant(Waiting waiting, int count, long now) {
        long grant = ++grants;
        waiting.costs.forEach((bucket, cost) -> window(bucket).take(grant, cost, count, now, validFor + onItsWay));
        busyUntil = now + LEASE;
        effects.add(new LimiterEffect.Grant(
                waiting.node, waiting.request, waiting.attempt, grant, count, now - waiting.arrivedAt, validFor));
    }

    /** Whether the waiting is over. */
    private boolean serveSlots(Waiting waiting, String bucket, Set<String> waitedFor, long now) {
        SlotBudget budget = slot(bucket);
        if (waitedFor.contains(bucket)) {
            return false;
        }
        int count = Math.min(waiting.needed, budget.free(now));
        if (count > 0) {
            int held = budget.held(waiting.node) + count;
            budget.hold(waiting.node, held, now, SLOTS_VALID);
            waiting.needed -= count;
            busyUntil = now + LEASE;
            effects.add(new LimiterEffect.Hold(
                    waiting.node, waiting.request, bucket, held, now - waiting.arrivedAt, SLOTS_VALID));
        }
        if (waiting.needed == 0) {
            return true;
        }
        if (budget.opensAt(now) > waiting.deadline) {
            deny(waiting, now);
            return true;
        }
        waitedFor.add(bucket);
        Long askedAt = slotsWantedAt.get(bucket);
        if (askedAt == null || now - askedAt >= RETRY / 2) {
            slotsWantedAt.put(bucket, now);
            effects.add(new LimiterEffect.WantSlots(bucket, waiting.node));
        }
        return false;
    }

    private long opensAt(Waiting waiting, long now) {
        if (waiting.slotBucket != null) {
            return slot(waiting.slotBucket).opensAt(now);
        }
        long opens = now;
        for (String bucket : waiting.costs.keySet()) {
            opens = Math.max(opens, window(bucket).opensAt(now));
        }
        return opens;
    }

    private void deny(Waiting waiting, long now) {
        String bucket = waiting.slotBucket;
        long opens = now;
        for (String each : waiting.costs.keySet()) {
            if (bucket == null || window(each).opensAt(now) > opens) {
                bucket = each;
            }
            opens = Math.max(opens, window(each).opensAt(now));
        }
        effects.add(new LimiterEffect.Deny(
                waiting.node,
                waiting.request,
                bucket == null ? "unknown" : bucket,
                Math.max(opensAt(waiting, now) - now, 0)));
    }

    private void denyIfOver() {
        if (!isServing()) {
            denyAll();
        }
    }

    private void denyAll() {
        for (Waiting waiting : queue) {
            effects.add(new LimiterEffect.Deny(waiting.node, waiting.request, "moved", 0));
        }
        queue.clear();
    }

    private WindowBudget window(String name) {
        return Objects.requireNonNull(windows.get(name));
    }

    private SlotBudget slot(String name) {
        return Objects.requireNonNull(slots.get(name));
    }
}
