package io.penstock.sandbox;

import io.penstock.sandbox.hubspot.HubSpotConfig;
import java.time.Duration;

/** Runs the HubSpot sandbox as a process of its own until it is killed. */
public final class HubSpotSandboxMain {
    private static final String USAGE = """
        options, each with a value:
          --host NAME             127.0.0.1
          --port N                0 takes a free one
          --latency-ms N          what every request takes at least (0)
          --seed N                of ids, tokens and demo data (1)
          --contacts N            demo contacts (40)
          --companies N           demo companies (12)
          --deals N               demo deals (12)
          --token-seconds N       life of an access token of the OAuth app (1800)
          --index-lag-ms N        how long the search does not see what was written (2000)
          --oauth-ten-seconds N   requests of the OAuth app in ten seconds (110)
          --private-ten-seconds N requests of the private app in ten seconds (190)
          --daily-requests N      requests of the private app in a day (650000)
          --searches-per-second N (5)
        """;

    private HubSpotSandboxMain() {}

    /** Prints the address on one line of standard output when it is ready. */
    public static void main(String[] arguments) {
        Options.run("HubSpot", USAGE, () -> HubSpotSandbox.start(read(arguments)));
    }

    static HubSpotConfig read(String... arguments) {
        return Options.read(HubSpotConfig.defaults(), HubSpotSandboxMain::with, arguments);
    }

    private static HubSpotConfig with(HubSpotConfig config, String option, String value) {
        HubSpotConfig.Limits limits = config.limits();
        HubSpotConfig.Data data = config.data();
        return switch (option) {
            case "--host" -> config.withHost(value);
            case "--port" -> config.withPort(Integer.parseInt(value));
            case "--latency-ms" -> config.withLatency(Duration.ofMillis(Long.parseLong(value)));
            case "--seed" -> config.withSeed(Long.parseLong(value));
            case "--contacts" -> config.withData(Integer.parseInt(value), data.companies(), data.deals());
            case "--companies" -> config.withData(data.contacts(), Integer.parseInt(value), data.deals());
            case "--deals" -> config.withData(data.contacts(), data.companies(), Integer.parseInt(value));
            case "--token-seconds" -> config.withTokenLifetime(Duration.ofSeconds(Long.parseLong(value)));
            case "--index-lag-ms" -> config.withIndexLag(Duration.ofMillis(Long.parseLong(value)));
            case "--oauth-ten-seconds" ->
                config.withLimits(new HubSpotConfig.Limits(
                        Long.parseLong(value), limits.privateTenSeconds(), limits.daily(), limits.searchesPerSecond()));
            case "--private-ten-seconds" ->
                config.withLimits(new HubSpotConfig.Limits(
                        limits.oauthTenSeconds(), Long.parseLong(value), limits.daily(), limits.searchesPerSecond()));
            case "--daily-requests" ->
                config.withLimits(new HubSpotConfig.Limits(
                        limits.oauthTenSeconds(),
                        limits.privateTenSeconds(),
                        Long.parseLong(value),
                        limits.searchesPerSecond()));
            case "--searches-per-second" ->
                config.withLimits(new HubSpotConfig.Limits(
                        limits.oauthTenSeconds(), limits.privateTenSeconds(), limits.daily(), Long.parseLong(value)));
            default -> throw new IllegalArgumentException("no such option: " + option);
        };
    }
}
