package io.penstock.sandbox.salesforce;

import java.time.Clock;
import java.time.Duration;

/**
 * What a Salesforce sandbox is started with. {@link #defaults()} is an org with demo data on a free port of the loopback.
 *
 * @param port 0 takes a free one
 * @param latency what every API request takes at least
 * @param seed of ids and tokens: the same seed gives the same ones in the same order
 * @param dailyRequests the quota of API requests, after which every one is refused with REQUEST_LIMIT_EXCEEDED
 * @param accounts how many demo accounts there are at the start
 * @param contacts how many demo contacts there are at the start
 */
public record SalesforceConfig(
        String host,
        int port,
        Duration latency,
        long seed,
        Clock clock,
        Login login,
        Tokens tokens,
        long dailyRequests,
        int accounts,
        int contacts) {

    /** The one user and the one connected app, and the refresh token that the user has given the app already. */
    public record Login(String username, String password, String clientId, String clientSecret, String refreshToken) {}

    /**
     * How access tokens end.
     *
     * @param lifetime after which one is expired
     * @param uses after which one is expired; 0 for no such limit
     * @param rotateRefreshTokens whether each refresh gives a new refresh token; using an old one again then kills the grant
     */
    public record Tokens(Duration lifetime, int uses, boolean rotateRefreshTokens) {}

    public static SalesforceConfig defaults() {
        return new SalesforceConfig(
                "127.0.0.1",
                0,
                Duration.ZERO,
                1,
                Clock.systemUTC(),
                new Login(
                        "user@sandbox.test", "sandbox-password", "sandbox-client", "sandbox-secret", "sandbox-refresh"),
                new Tokens(Duration.ofHours(2), 0, false),
                10_000_000,
                12,
                40);
    }

    public SalesforceConfig withHost(String name) {
        return new SalesforceConfig(name, port, latency, seed, clock, login, tokens, dailyRequests, accounts, contacts);
    }

    public SalesforceConfig withPort(int number) {
        return new SalesforceConfig(
                host, number, latency, seed, clock, login, tokens, dailyRequests, accounts, contacts);
    }

    public SalesforceConfig withLatency(Duration each) {
        return new SalesforceConfig(host, port, each, seed, clock, login, tokens, dailyRequests, accounts, contacts);
    }

    public SalesforceConfig withSeed(long number) {
        return new SalesforceConfig(
                host, port, latency, number, clock, login, tokens, dailyRequests, accounts, contacts);
    }

    public SalesforceConfig withClock(Clock other) {
        return new SalesforceConfig(host, port, latency, seed, other, login, tokens, dailyRequests, accounts, contacts);
    }

    public SalesforceConfig withTokens(Tokens other) {
        return new SalesforceConfig(host, port, latency, seed, clock, login, other, dailyRequests, accounts, contacts);
    }

    public SalesforceConfig withDailyRequests(long quota) {
        return new SalesforceConfig(host, port, latency, seed, clock, login, tokens, quota, accounts, contacts);
    }

    public SalesforceConfig withData(int demoAccounts, int demoContacts) {
        return new SalesforceConfig(
                host, port, latency, seed, clock, login, tokens, dailyRequests, demoAccounts, demoContacts);
    }
}
