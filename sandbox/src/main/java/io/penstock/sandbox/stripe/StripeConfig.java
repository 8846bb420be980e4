package io.penstock.sandbox.stripe;

import java.time.Clock;
import java.time.Duration;

/**
 * What a Stripe sandbox is started with. {@link #defaults()} is an account with demo data on a free port of the loopback.
 *
 * @param port 0 takes a free one
 * @param latency what every API request takes at least
 * @param seed of ids: the same seed gives the same ones in the same order
 * @param customers how many demo customers there are at the start
 * @param products how many demo products there are at the start, each with a price
 */
public record StripeConfig(
        String host,
        int port,
        Duration latency,
        long seed,
        Clock clock,
        Keys keys,
        Limits limits,
        Times times,
        int customers,
        int products) {

    /**
     * The keys that are good at the start.
     *
     * @param secret may do everything
     * @param restricted may read everything and write nothing
     */
    public record Keys(String secret, String restricted) {}

    /**
     * How many requests the account may make; 0 for any number.
     *
     * @param perSecond of all endpoints together
     * @param perEndpoint of one endpoint, that is a method and a path with its id left out, in a second
     * @param search of the search endpoints together in a second
     * @param concurrent under way at the same time
     * @param objectLocks whether a write to an object that another request is writing to is refused at once with lock_timeout
     */
    public record Limits(int perSecond, int perEndpoint, int search, int concurrent, boolean objectLocks) {
        /** Those of live mode; a sandbox of Stripe itself has 25 in place of 100. */
        public static final Limits LIVE = new Limits(100, 25, 20, 0, false);

        public static final Limits NONE = new Limits(0, 0, 0, 0, false);

        public Limits {
            if (perSecond < 0 || perEndpoint < 0 || search < 0 || concurrent < 0) {
                throw new IllegalArgumentException("a limit is not negative");
            }
        }

        public Limits withPerSecond(int most) {
            return new Limits(most, perEndpoint, search, concurrent, objectLocks);
        }

        public Limits withPerEndpoint(int most) {
            return new Limits(perSecond, most, search, concurrent, objectLocks);
        }

        public Limits withSearch(int most) {
            return new Limits(perSecond, perEndpoint, most, concurrent, objectLocks);
        }

        public Limits withConcurrent(int most) {
            return new Limits(perSecond, perEndpoint, search, most, objectLocks);
        }

        public Limits withObjectLocks(boolean on) {
            return new Limits(perSecond, perEndpoint, search, concurrent, on);
        }
    }

    /**
     * How long things take.
     *
     * @param keyLifetime how long an idempotency key is remembered; Stripe prunes after 24 hours at the earliest
     * @param searchLag how long a changed object stays out of search; the real index is behind by less than a minute, usually
     */
    public record Times(Duration keyLifetime, Duration searchLag) {}

    public static StripeConfig defaults() {
        return new StripeConfig(
                "127.0.0.1",
                0,
                Duration.ZERO,
                1,
                Clock.systemUTC(),
                new Keys("sk_test_sandbox", "rk_test_sandbox"),
                Limits.LIVE,
                new Times(Duration.ofHours(24), Duration.ZERO),
                40,
                6);
    }

    public StripeConfig withHost(String name) {
        return new StripeConfig(name, port, latency, seed, clock, keys, limits, times, customers, products);
    }

    public StripeConfig withPort(int number) {
        return new StripeConfig(host, number, latency, seed, clock, keys, limits, times, customers, products);
    }

    public StripeConfig withLatency(Duration each) {
        return new StripeConfig(host, port, each, seed, clock, keys, limits, times, customers, products);
    }

    public StripeConfig withSeed(long number) {
        return new StripeConfig(host, port, latency, number, clock, keys, limits, times, customers, products);
    }

    public StripeConfig withClock(Clock other) {
        return new StripeConfig(host, port, latency, seed, other, keys, limits, times, customers, products);
    }

    public StripeConfig withKeys(Keys other) {
        return new StripeConfig(host, port, latency, seed, clock, other, limits, times, customers, products);
    }

    public StripeConfig withLimits(Limits other) {
        return new StripeConfig(host, port, latency, seed, clock, keys, other, times, customers, products);
    }

    public StripeConfig withTimes(Times other) {
        return new StripeConfig(host, port, latency, seed, clock, keys, limits, other, customers, products);
    }

    public StripeConfig withData(int demoCustomers, int demoProducts) {
        return new StripeConfig(host, port, latency, seed, clock, keys, limits, times, demoCustomers, demoProducts);
    }
}
