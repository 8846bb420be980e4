package io.penstock.sandbox.hubspot;

import java.time.Clock;
import java.time.Duration;

/**
 * What a HubSpot sandbox is started with. {@link #defaults()} is an account with demo data on a free port of the loopback.
 *
 * @param port 0 takes a free one
 * @param latency what every API request takes at least
 * @param seed of ids and tokens: the same seed gives the same ones in the same order
 * @param tokenLifetime after which an access token of the OAuth app is expired; the private app's never is
 * @param indexLag how long the search does not see what was written
 * @param data how many demo records there are at the start
 */
public record HubSpotConfig(
        String host,
        int port,
        Duration latency,
        long seed,
        Clock clock,
        App app,
        Duration tokenLifetime,
        Limits limits,
        Duration indexLag,
        Data data) {

    /** The OAuth app with the refresh token that a user gave it, and the token of the private app. */
    public record App(String clientId, String clientSecret, String refreshToken, String privateToken) {}

    /**
     * How many requests the account takes.
     *
     * @param oauthTenSeconds of the OAuth app in any ten seconds
     * @param privateTenSeconds of the private app in any ten seconds
     * @param daily of the private app from midnight UTC to midnight
     * @param searchesPerSecond of both together
     */
    public record Limits(long oauthTenSeconds, long privateTenSeconds, long daily, long searchesPerSecond) {}

    /** How many demo records of each type there are. */
    public record Data(int contacts, int companies, int deals) {}

    public static HubSpotConfig defaults() {
        return new HubSpotConfig(
                "127.0.0.1",
                0,
                Duration.ZERO,
                1,
                Clock.systemUTC(),
                new App("sandbox-client", "sandbox-secret", "sandbox-refresh", "pat-na1-sandbox"),
                Duration.ofSeconds(1800),
                new Limits(110, 190, 650_000, 5),
                Duration.ofSeconds(2),
                new Data(40, 12, 12));
    }

    public HubSpotConfig withHost(String name) {
        return new HubSpotConfig(name, port, latency, seed, clock, app, tokenLifetime, limits, indexLag, data);
    }

    public HubSpotConfig withPort(int number) {
        return new HubSpotConfig(host, number, latency, seed, clock, app, tokenLifetime, limits, indexLag, data);
    }

    public HubSpotConfig withLatency(Duration each) {
        return new HubSpotConfig(host, port, each, seed, clock, app, tokenLifetime, limits, indexLag, data);
    }

    public HubSpotConfig withSeed(long number) {
        return new HubSpotConfig(host, port, latency, number, clock, app, tokenLifetime, limits, indexLag, data);
    }

    public HubSpotConfig withClock(Clock other) {
        return new HubSpotConfig(host, port, latency, seed, other, app, tokenLifetime, limits, indexLag, data);
    }

    public HubSpotConfig withTokenLifetime(Duration lifetime) {
        return new HubSpotConfig(host, port, latency, seed, clock, app, lifetime, limits, indexLag, data);
    }

    public HubSpotConfig withLimits(Limits other) {
        return new HubSpotConfig(host, port, latency, seed, clock, app, tokenLifetime, other, indexLag, data);
    }

    public HubSpotConfig withIndexLag(Duration lag) {
        return new HubSpotConfig(host, port, latency, seed, clock, app, tokenLifetime, limits, lag, data);
    }

    public HubSpotConfig withData(int contacts, int companies, int deals) {
        return new HubSpotConfig(
                host,
                port,
                latency,
                seed,
                clock,
                app,
                tokenLifetime,
                limits,
                indexLag,
                new Data(contacts, companies, deals));
    }
}
