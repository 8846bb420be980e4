package io.penstock.node.control;

import io.penstock.config.cluster.LimiterReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node's permits for one API account, so that most calls ask nobody. Pure: time comes in with each event, in milliseconds of a clock that
 * never goes back.
 *
 * <p>A permit ends by this node's clock, counted from when it was asked for, which is before the limiter counts: so it is never used later than
 * the limiter believes, however long messages take or this node is paused.
 *
 * <pre>
 * event                          what happens
 * -----------------------------  --------------------------------------------------------------------------------------
 * Wanted                         queued; serve
 * Done, not given yet            out of the queue
 * Done, not used                 the permit goes back to the shelf, the slots are idle; serve
 * Done, used                     the slots are idle; serve
 * Told PermitsGranted            on the shelf; serve
 * Told SlotsHeld                 held; serve
 * Told Denied                    those in the queue whom it is about and whose time ends before: Refuse
 * Told SlotsWanted               idle slots go back at once
 * Told Paused, Refused           the bucket is closed; serve
 * Told, older epoch              nothing: from an owner that no longer is one
 * Tick                           serve
 * Ended                          all in the queue: Refuse; all permits: Return; no slot is held any more
 *
 * serve                          permits that have ended are given back; then for each in the queue, in order:
 * its time is over               Refuse
 * somebody before it lacks       waits
 *   what it needs too
 * permit and slots in hand       Give
 * else                           waits; Ask, Hold
 * </pre>
 */
final class PermitCacheState {
    private final Map<Map<String, Integer>, PermitShelf> shelves = new HashMap<>();
    private final Map<String, SlotShelf> slots = new HashMap<>();
    private final Map<Long, PermitEvent.Wanted> queue = new LinkedHashMap<>();
    private final Map<Long, Long> deadlines = new HashMap<>();
    private final Map<Long, Given> given = new HashMap<>();
    private final Map<String, Long> closedUntil = new HashMap<>();
    private final List<PermitEffect> effects = new ArrayList<>();
    private long epoch;
    private long requests;

    /** What a caller was given. */
    private record Given(PermitEvent.Wanted wanted, PermitShelf.Lot lot) {}

    List<PermitEffect> on(PermitEvent event, long now) {
        effects.clear();
        switch (event) {
            case PermitEvent.Wanted wanted -> {
                queue.put(wanted.caller(), wanted);
                deadlines.put(wanted.caller(), now + wanted.maxWait());
            }
            case PermitEvent.Done(long caller, boolean used) -> done(caller, used, now);
            case PermitEvent.Told(LimiterReply reply) -> {
                if (reply.epoch() >= epoch) {
                    epoch = reply.epoch();
                    told(reply, now);
                }
            }
            case PermitEvent.Refused(String bucket, long pause) -> close(bucket, now + pause);
            case PermitEvent.Tick() -> {}
            case PermitEvent.Ended() -> {
                end();
                return List.copyOf(effects);
            }
        }
        serve(now);
        return List.copyOf(effects);
    }

    private void end() {
        List.copyOf(queue.values()).forEach(wanted -> refuse(wanted, null, 0));
        shelves.values().forEach(shelf -> shelf.expire(effects, Long.MAX_VALUE));
        slots.forEach((bucket, _) -> effects.add(new PermitEffect.Hold(++requests, bucket, 0, 0, 0)));
    }

    /** When the next {@link PermitEvent.Tick} is due; {@code Long.MAX_VALUE} for never. */
    long wakeAt(long now) {
        long wake = Long.MAX_VALUE;
        for (long deadline : deadlines.values()) {
            wake = Math.min(wake, deadline);
        }
        if (!queue.isEmpty()
                || slots.values().stream().anyMatch(SlotShelf::isActive)
                || shelves.values().stream().anyMatch(shelf -> !shelf.isEmpty())) {
            wake = Math.min(wake, now + 500);
        }
        for (long closed : closedUntil.values()) {
            if (!queue.isEmpty() && closed > now) {
                wake = Math.min(wake, closed);
            }
        }
        return wake == Long.MAX_VALUE ? wake : Math.max(wake, now + 1);
    }

    int waiting() {
        return queue.size();
    }

    private void done(long caller, boolean used, long now) {
        queue.remove(caller);
        deadlines.remove(caller);
        Given had = given.remove(caller);
        if (had == null) {
            return;
        }
        had.wanted.slots().forEach(bucket -> slot(bucket).putBack());
        if (!used) {
            shelf(had.wanted.costs()).putBack(had.lot, effects, now);
        }
    }

    private void told(LimiterReply reply, long now) {
        switch (reply) {
            case LimiterReply.PermitsGranted granted -> {
                boolean taken = false;
                for (PermitShelf shelf : shelves.values()) {
                    taken |= shelf.granted(granted);
                }
                if (!taken && granted.count() > 0) {
                    effects.add(new PermitEffect.Return(granted.epoch(), granted.grant(), granted.count()));
                }
            }
            case LimiterReply.SlotsHeld held ->
                slot(held.bucket()).told(held.request(), held.slots(), held.waited(), held.validFor());
            case LimiterReply.Denied denied -> denied(denied, now);
            case LimiterReply.SlotsWanted(long _, String bucket) -> slot(bucket).others(now);
            case LimiterReply.Paused(long _, String bucket, long pause) -> close(bucket, now + pause);
        }
    }

    private void denied(LimiterReply.Denied denied, long now) {
        Set<Map<String, Integer>> prices = new HashSet<>();
        shelves.forEach((price, shelf) -> {
            if (shelf.denied(denied.request())) {
                prices.add(price);
            }
        });
        SlotShelf slot = slots.get(denied.bucket());
        if (slot != null) {
            slot.denied(denied.request());
        }
        for (PermitEvent.Wanted wanted : List.copyOf(queue.values())) {
            boolean about = prices.contains(wanted.costs()) || wanted.slots().contains(denied.bucket());
            if (about && deadline(wanted) <= now + denied.retryAfter()) {
                refuse(wanted, denied.bucket(), denied.retryAfter());
            }
        }
    }

    private void serve(long now) {
        shelves.values().forEach(shelf -> shelf.expire(effects, now));
        closedUntil.values().removeIf(until -> until <= now);
        Set<Object> lacking = new HashSet<>();
        Map<Object, Integer> waiting = new HashMap<>();
        long longest = 0;
        for (PermitEvent.Wanted wanted : List.copyOf(queue.values())) {
            long left = deadline(wanted) - now;
            if (left <= 0) {
                refuse(wanted, closedBucket(wanted), closedFor(wanted, now));
                continue;
            }
            if (give(wanted, lacking, now)) {
                continue;
            }
            longest = Math.max(longest, left);
            lacking.add(wanted.costs());
            lacking.addAll(wanted.slots());
            waiting.merge(wanted.costs(), 1, Integer::sum);
            wanted.slots().forEach(bucket -> waiting.merge(bucket, 1, Integer::sum));
        }
        long maxWait = longest;
        // What the waiting need beyond what is in hand; while a bucket is closed nobody can use more.
        shelves.forEach((price, shelf) -> {
            int needed = Math.max(0, waiting.getOrDefault(price, 0) - shelf.inHand());
            shelf.ask(needed, maxWait, ++requests, effects, now);
        });
        slots.forEach((bucket, slot) -> slot.ask(waiting.getOrDefault(bucket, 0), maxWait, ++requests, effects, now));
    }

    private boolean give(PermitEvent.Wanted wanted, Set<Object> lacking, long now) {
        PermitShelf shelf = shelf(wanted.costs());
        boolean slotsFree = true;
        for (String bucket : wanted.slots()) {
            slotsFree &= slot(bucket).isFree(now) && !lacking.contains(bucket);
        }
        if (!slotsFree || lacking.contains(wanted.costs()) || shelf.isEmpty() || closedFor(wanted, now) > 0) {
            return false;
        }
        PermitShelf.Lot lot = shelf.take(now);
        if (lot == null) {
            return false;
        }
        wanted.slots().forEach(bucket -> slot(bucket).take(now));
        queue.remove(wanted.caller());
        deadlines.remove(wanted.caller());
        given.put(wanted.caller(), new Given(wanted, lot));
        effects.add(new PermitEffect.Give(wanted.caller(), lot.until));
        return true;
    }

    private void refuse(PermitEvent.Wanted wanted, @Nullable String bucket, long retryAfter) {
        queue.remove(wanted.caller());
        deadlines.remove(wanted.caller());
        effects.add(new PermitEffect.Refuse(wanted.caller(), bucket == null ? "" : bucket, retryAfter));
    }

    private void close(String bucket, long until) {
        closedUntil.merge(bucket, until, Math::max);
    }

    private long closedFor(PermitEvent.Wanted wanted, long now) {
        String bucket = closedBucket(wanted);
        Long until = bucket == null ? null : closedUntil.get(bucket);
        return until == null ? 0 : Math.max(0, until - now);
    }

    private @Nullable String closedBucket(PermitEvent.Wanted wanted) {
        for (String bucket : closedUntil.keySet()) {
            if (wanted.costs().containsKey(bucket) || wanted.slots().contains(bucket)) {
                return bucket;
            }
        }
        return null;
    }

    private long deadline(PermitEvent.Wanted wanted) {
        Long deadline = deadlines.get(wanted.caller());
        return deadline == null ? Long.MAX_VALUE : deadline;
    }

    private PermitShelf shelf(Map<String, Integer> costs) {
        return shelves.computeIfAbsent(costs, PermitShelf::new);
    }

    private SlotShelf slot(String bucket) {
        return slots.computeIfAbsent(bucket, SlotShelf::new);
    }
}
