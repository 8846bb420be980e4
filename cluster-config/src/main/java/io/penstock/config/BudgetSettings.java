package io.penstock.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much of an API account the whole cluster may use.
 *
 * @param concurrency requests under way at the same time
 * @param burst requests in any {@code burstWindow}; null for no such limit
 * @param daily requests in any 24 hours; null until the API's own header has told it
 * @param dailyReserve share of the daily requests that is left for others who use the account, 0 to 1
 * @param penalty how long nothing is sent after the API refused for its limit and did not say for how long
 */
public record BudgetSettings(
        int concurrency,
        @Nullable Integer burst,
        Duration burstWindow,
        @Nullable Integer daily,
        double dailyReserve,
        Duration penalty) {
    public BudgetSettings {
        if (concurrency < 1 || (burst != null && burst < 1) || (daily != null && daily < 1)) {
            throw new IllegalArgumentException("a limit must allow one request");
        }
        if (!(dailyReserve >= 0 && dailyReserve < 1) || !burstWindow.isPositive() || !penalty.isPositive()) {
            throw new IllegalArgumentException("a window and a penalty have a length, a reserve is a share");
        }
    }
}
