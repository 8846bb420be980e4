package io.penstock.sandbox;

import io.penstock.sandbox.stripe.StripeConfig;
import java.time.Duration;

/** Runs the Stripe sandbox as a process of its own until it is killed. */
public final class StripeSandboxMain {
    private static final String USAGE = """
        options, each with a value:
          --host NAME             127.0.0.1
          --port N                0 takes a free one
          --latency-ms N          what every request takes at least (0)
          --seed N                of ids and demo data (1)
          --customers N           demo customers (40)
          --products N            demo products, each with a price (6)
          --secret-key KEY        may do everything (sk_test_sandbox)
          --restricted-key KEY    may only read (rk_test_sandbox)
          --per-second N          requests in a second; 0 for any (100)
          --per-endpoint N        of one endpoint in a second; 0 for any (25)
          --search N              searches in a second; 0 for any (20)
          --concurrent N          requests under way; 0 for any (0)
          --object-locks B        true: a second write to an object under way is refused (false)
          --key-hours N           how long an idempotency key is remembered (24)
          --search-lag-ms N       how long a changed object stays out of search (0)
        """;

    private StripeSandboxMain() {}

    /** Prints the address on one line of standard output when it is ready. */
    public static void main(String[] arguments) {
        Options.run("Stripe", USAGE, () -> StripeSandbox.start(read(arguments)));
    }

    static StripeConfig read(String... arguments) {
        return Options.read(StripeConfig.defaults(), StripeSandboxMain::with, arguments);
    }

    private static StripeConfig with(StripeConfig config, String option, String value) {
        StripeConfig.Limits limits = config.limits();
        StripeConfig.Times times = config.times();
        return switch (option) {
            case "--host" -> config.withHost(value);
            case "--port" -> config.withPort(Integer.parseInt(value));
            case "--latency-ms" -> config.withLatency(Duration.ofMillis(Long.parseLong(value)));
            case "--seed" -> config.withSeed(Long.parseLong(value));
            case "--customers" -> config.withData(Integer.parseInt(value), config.products());
            case "--products" -> config.withData(config.customers(), Integer.parseInt(value));
            case "--secret-key" ->
                config.withKeys(new StripeConfig.Keys(value, config.keys().restricted()));
            case "--restricted-key" ->
                config.withKeys(new StripeConfig.Keys(config.keys().secret(), value));
            case "--per-second" -> config.withLimits(limits.withPerSecond(Integer.parseInt(value)));
            case "--per-endpoint" -> config.withLimits(limits.withPerEndpoint(Integer.parseInt(value)));
            case "--search" -> config.withLimits(limits.withSearch(Integer.parseInt(value)));
            case "--concurrent" -> config.withLimits(limits.withConcurrent(Integer.parseInt(value)));
            case "--object-locks" -> config.withLimits(limits.withObjectLocks(Boolean.parseBoolean(value)));
            case "--key-hours" ->
                config.withTimes(new StripeConfig.Times(Duration.ofHours(Long.parseLong(value)), times.searchLag()));
            case "--search-lag-ms" ->
                config.withTimes(new StripeConfig.Times(times.keyLifetime(), Duration.ofMillis(Long.parseLong(value))));
            default -> throw new IllegalArgumentException("no such option: " + option);
        };
    }
}
