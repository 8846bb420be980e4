package io.penstock.node.control;

import io.penstock.adapters.Bucket;
import io.penstock.config.BudgetSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The limits of one account: the API's own, with the numbers that configuration gives.
 *
 * @param penalty how long nothing is granted after a refusal that did not say for how long, in milliseconds
 * @param longestCall after which a call is over in any case, in milliseconds
 */
record LimiterRules(List<Window> windows, List<Slots> slots, long penalty, long longestCall) {
    /** Name of the bucket that configuration adds to what the API's adapter has. */
    static final String BURST = "burst";

    /** Name of the slots that configuration gives where the API has no limit of that kind itself. */
    static final String CONCURRENCY = "concurrency";

    private static final Duration DAY = Duration.ofHours(24);

    /**
     * So many permits in any time of this length.
     *
     * @param length in milliseconds
     * @param reserve share that is left to others
     */
    record Window(String name, long permits, long length, double reserve) {}

    /** So many calls at the same time. */
    record Slots(String name, int calls) {}

    LimiterRules {
        windows = List.copyOf(windows);
        slots = List.copyOf(slots);
    }

    static LimiterRules of(List<Bucket> buckets, BudgetSettings settings, Duration longestCall) {
        List<Window> windows = new ArrayList<>();
        List<Slots> slots = new ArrayList<>();
        for (Bucket bucket : buckets) {
            switch (bucket.shape()) {
                case Bucket.Shape.Window(long permits, Duration length) -> {
                    boolean daily = length.equals(DAY);
                    Integer configured = daily ? settings.daily() : null;
                    windows.add(new Window(
                            bucket.name(),
                            configured == null ? permits : configured,
                            length.toMillis(),
                            daily ? settings.dailyReserve() : 0));
                }
                case Bucket.Shape.Concurrency(int calls) ->
                    slots.add(new Slots(bucket.name(), Math.min(calls, settings.concurrency())));
            }
        }
        if (slots.isEmpty()) {
            slots.add(new Slots(CONCURRENCY, settings.concurrency()));
        }
        Integer burst = settings.burst();
        if (burst != null) {
            windows.add(new Window(BURST, burst, settings.burstWindow().toMillis(), 0));
        }
        return new LimiterRules(windows, slots, settings.penalty().toMillis(), longestCall.toMillis());
    }
}
