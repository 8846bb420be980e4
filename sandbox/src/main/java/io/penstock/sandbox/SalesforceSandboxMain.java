package io.penstock.sandbox;

import io.penstock.sandbox.salesforce.SalesforceConfig;
import java.time.Duration;

/** Runs the Salesforce sandbox as a process of its own until it is killed. */
public final class SalesforceSandboxMain {
    private static final String USAGE = """
        options, each with a value:
          --host NAME             127.0.0.1
          --port N                0 takes a free one
          --latency-ms N          what every request takes at least (0)
          --seed N                of ids, tokens and demo data (1)
          --accounts N            demo accounts (12)
          --contacts N            demo contacts (40)
          --token-seconds N       life of an access token (7200)
          --token-uses N          requests that an access token is good for; 0 for any (0)
          --rotate-refresh B      true: each refresh gives a new refresh token (false)
          --daily-requests N      quota of API requests (10000000)
        """;

    private SalesforceSandboxMain() {}

    /** Prints the address on one line of standard output when it is ready. */
    public static void main(String[] arguments) {
        Options.run("Salesforce", USAGE, () -> SalesforceSandbox.start(read(arguments)));
    }

    static SalesforceConfig read(String... arguments) {
        return Options.read(SalesforceConfig.defaults(), SalesforceSandboxMain::with, arguments);
    }

    private static SalesforceConfig with(SalesforceConfig config, String option, String value) {
        SalesforceConfig.Tokens tokens = config.tokens();
        return switch (option) {
            case "--host" -> config.withHost(value);
            case "--port" -> config.withPort(Integer.parseInt(value));
            case "--latency-ms" -> config.withLatency(Duration.ofMillis(Long.parseLong(value)));
            case "--seed" -> config.withSeed(Long.parseLong(value));
            case "--accounts" -> config.withData(Integer.parseInt(value), config.contacts());
            case "--contacts" -> config.withData(config.accounts(), Integer.parseInt(value));
            case "--token-seconds" ->
                config.withTokens(new SalesforceConfig.Tokens(
                        Duration.ofSeconds(Long.parseLong(value)), tokens.uses(), tokens.rotateRefreshTokens()));
            case "--token-uses" ->
                config.withTokens(new SalesforceConfig.Tokens(
                        tokens.lifetime(), Integer.parseInt(value), tokens.rotateRefreshTokens()));
            case "--rotate-refresh" ->
                config.withTokens(
                        new SalesforceConfig.Tokens(tokens.lifetime(), tokens.uses(), Boolean.parseBoolean(value)));
            case "--daily-requests" -> config.withDailyRequests(Long.parseLong(value));
            default -> throw new IllegalArgumentException("no such option: " + option);
        };
    }
}
