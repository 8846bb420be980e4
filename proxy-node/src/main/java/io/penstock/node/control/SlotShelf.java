package io.penstock.node.control;

import java.util.List;

/** The slots of one concurrency limit that a node holds. Calls under way keep theirs, whatever happens to the hold. */
final class SlotShelf {
    /** How often a hold is renewed; the limiter lets it run for {@link LimiterState#SLOTS_VALID}. */
    private static final long RENEW = 3_000;

    /** How long an idle slot is kept for the next call. */
    private static final long KEEP = 1_000;

    private final String bucket;
    private int held;
    private int busy;
    private long until = Long.MIN_VALUE;
    private long request = -1;
    private long sentAt = Long.MIN_VALUE / 2;
    private boolean open;
    private int wanted;
    private long lastGivenAt = Long.MIN_VALUE / 2;
    private long generousUntil = Long.MIN_VALUE;

    SlotShelf(String bucket) {
        this.bucket = bucket;
    }

    boolean isFree(long now) {
        return busy < held && now < until;
    }

    void take(long now) {
        busy++;
        lastGivenAt = now;
    }

    void putBack() {
        busy--;
    }

    void told(long answered, int slots, long waited, long validFor) {
        if (answered == request) {
            open = false;
            wanted = Math.max(0, wanted - Math.max(0, slots - held));
            held = slots;
            until = sentAt + waited + validFor;
        }
    }

    void denied(long answered) {
        if (answered == request) {
            open = false;
            wanted = 0;
        }
    }

    /** Others wait: keep nothing idle for a while. */
    void others(long now) {
        generousUntil = now + KEEP;
    }

    /** Says what is held and what is wanted, where that has changed or is due again. */
    void ask(int waiting, long maxWait, long newRequest, List<PermitEffect> effects, long now) {
        boolean lost = now - sentAt >= PermitShelf.REPEAT;
        if (open && !lost) {
            return;
        }
        int idle = Math.max(0, held - busy);
        boolean keepIdle = now >= generousUntil && now - lastGivenAt < KEEP;
        int lacking = Math.max(0, waiting - (now < until ? idle : 0));
        // A slot that somebody waiting will take is not idle, though its permit is not there yet.
        int keep = busy + (keepIdle ? idle : Math.min(idle, waiting));
        boolean due = (held > 0 || busy > 0) && now - sentAt >= RENEW;
        if (lacking == wanted && keep == held && !due && !(lost && lacking > 0)) {
            return;
        }
        held = keep;
        wanted = lacking;
        request = newRequest;
        sentAt = now;
        open = true;
        effects.add(new PermitEffect.Hold(request, bucket, keep, lacking, maxWait));
    }

    /** Whether there is anything to renew or to give back. */
    boolean isActive() {
        return held > 0 || busy > 0 || wanted > 0;
    }
}
