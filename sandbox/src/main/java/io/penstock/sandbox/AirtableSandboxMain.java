package io.penstock.sandbox;

import io.penstock.sandbox.airtable.AirtableConfig;
import java.time.Duration;

/** Runs the Airtable sandbox as a process of its own until it is killed. */
public final class AirtableSandboxMain {
    private static final String USAGE = """
        options, each with a value:
          --host NAME           127.0.0.1
          --port N              0 takes a free one
          --latency-ms N        what every request takes at least (0)
          --seed N              of ids, tokens and demo data (1)
          --companies N         demo companies (12)
          --contacts N          demo contacts (40)
          --token-seconds N     life of an access token of the OAuth app (3600)
          --refresh-seconds N   life of a refresh token that nobody uses (5184000)
          --base-per-second N   requests of a base in a second (5)
          --user-per-second N   requests over all bases in a second (50)
          --penalty-ms N        how long a base refuses everything after one request too many (30000)
        """;

    private AirtableSandboxMain() {}

    /** Prints the address on one line of standard output when it is ready. */
    public static void main(String[] arguments) {
        Options.run("Airtable", USAGE, () -> AirtableSandbox.start(read(arguments)));
    }

    static AirtableConfig read(String... arguments) {
        return Options.read(AirtableConfig.defaults(), AirtableSandboxMain::with, arguments);
    }

    private static AirtableConfig with(AirtableConfig config, String option, String value) {
        AirtableConfig.Limits limits = config.limits();
        AirtableConfig.Tokens tokens = config.tokens();
        return switch (option) {
            case "--host" -> config.withHost(value);
            case "--port" -> config.withPort(Integer.parseInt(value));
            case "--latency-ms" -> config.withLatency(Duration.ofMillis(Long.parseLong(value)));
            case "--seed" -> config.withSeed(Long.parseLong(value));
            case "--companies" -> config.withData(Integer.parseInt(value), config.contacts());
            case "--contacts" -> config.withData(config.companies(), Integer.parseInt(value));
            case "--token-seconds" ->
                config.withTokens(
                        new AirtableConfig.Tokens(Duration.ofSeconds(Long.parseLong(value)), tokens.refresh()));
            case "--refresh-seconds" ->
                config.withTokens(
                        new AirtableConfig.Tokens(tokens.access(), Duration.ofSeconds(Long.parseLong(value))));
            case "--base-per-second" ->
                config.withLimits(
                        new AirtableConfig.Limits(Long.parseLong(value), limits.userPerSecond(), limits.penalty()));
            case "--user-per-second" ->
                config.withLimits(
                        new AirtableConfig.Limits(limits.basePerSecond(), Long.parseLong(value), limits.penalty()));
            case "--penalty-ms" ->
                config.withLimits(new AirtableConfig.Limits(
                        limits.basePerSecond(), limits.userPerSecond(), Duration.ofMillis(Long.parseLong(value))));
            default -> throw new IllegalArgumentException("no such option: " + option);
        };
    }
}
