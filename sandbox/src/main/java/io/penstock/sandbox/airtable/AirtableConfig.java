package io.penstock.sandbox.airtable;

import java.time.Clock;
import java.time.Duration;

/**
 * What an Airtable sandbox is started with. {@link #defaults()} is a workspace with demo data on a free port of the loopback.
 *
 * @param port 0 takes a free one
 * @param latency what every API request takes at least
 * @param seed of ids and tokens: the same seed gives the same ones in the same order
 * @param companies how many demo companies there are at the start
 * @param contacts how many demo contacts there are at the start
 */
public record AirtableConfig(
        String host,
        int port,
        Duration latency,
        long seed,
        Clock clock,
        App app,
        Tokens tokens,
        Limits limits,
        int companies,
        int contacts) {

    /** The base that the demo data are in. */
    public static final String BASE = "appSandboxCrm0001";

    /** A base with the same tables and nothing in them: its limit is its own. */
    public static final String SECOND_BASE = "appSandboxCrm0002";

    /** The OAuth app with the refresh token that a user gave it, and that user's personal access token. */
    public record App(String clientId, String clientSecret, String refreshToken, String personalToken) {}

    /** How long the OAuth app's tokens live; a refresh token from its last use on. */
    public record Tokens(Duration access, Duration refresh) {}

    /**
     * How many requests are taken.
     *
     * @param basePerSecond for each base
     * @param userPerSecond for all bases together
     * @param penalty how long a base refuses everything after one request too many
     */
    public record Limits(long basePerSecond, long userPerSecond, Duration penalty) {}

    public static AirtableConfig defaults() {
        return new AirtableConfig(
                "127.0.0.1",
                0,
                Duration.ZERO,
                1,
                Clock.systemUTC(),
                new App("sandbox-client", "sandbox-secret", "sandbox-refresh", "patSandbox.token"),
                new Tokens(Duration.ofHours(1), Duration.ofDays(60)),
                new Limits(5, 50, Duration.ofSeconds(30)),
                12,
                40);
    }

    public AirtableConfig withHost(String name) {
        return new AirtableConfig(name, port, latency, seed, clock, app, tokens, limits, companies, contacts);
    }

    public AirtableConfig withPort(int number) {
        return new AirtableConfig(host, number, latency, seed, clock, app, tokens, limits, companies, contacts);
    }

    public AirtableConfig withLatency(Duration each) {
        return new AirtableConfig(host, port, each, seed, clock, app, tokens, limits, companies, contacts);
    }

    public AirtableConfig withSeed(long number) {
        return new AirtableConfig(host, port, latency, number, clock, app, tokens, limits, companies, contacts);
    }

    public AirtableConfig withClock(Clock other) {
        return new AirtableConfig(host, port, latency, seed, other, app, tokens, limits, companies, contacts);
    }

    public AirtableConfig withTokens(Tokens other) {
        return new AirtableConfig(host, port, latency, seed, clock, app, other, limits, companies, contacts);
    }

    public AirtableConfig withLimits(Limits other) {
        return new AirtableConfig(host, port, latency, seed, clock, app, tokens, other, companies, contacts);
    }

    public AirtableConfig withData(int demoCompanies, int demoContacts) {
        return new AirtableConfig(host, port, latency, seed, clock, app, tokens, limits, demoCompanies, demoContacts);
    }
}
