package io.penstock.sandbox.github;

import java.time.Clock;
import java.time.Duration;

/**
 * What a GitHub sandbox is started with. {@link #defaults()} has one repository with demo issues, on a free port of the loopback.
 *
 * @param port 0 takes a free one
 * @param latency what every API request takes at least
 * @param seed of ids and tokens: the same seed gives the same ones in the same order
 * @param issues how many demo issues there are at the start
 */
public record GitHubConfig(
        String host, int port, Duration latency, long seed, Clock clock, Access access, Limits limits, int issues) {

    /**
     * Who may do what.
     *
     * @param token a personal access token that may read and write
     * @param readToken a personal access token that may read
     * @param appId of the GitHub App; its key pair is made anew at each start
     * @param installationId where the app is installed
     * @param installationLifetime of an installation's token
     * @param clientId of the app, for users' tokens
     * @param clientSecret of the app, for users' tokens
     * @param refreshToken that a user has given the app already
     * @param userLifetime of a user's token
     */
    public record Access(
            String token,
            String readToken,
            long appId,
            long installationId,
            Duration installationLifetime,
            String clientId,
            String clientSecret,
            String refreshToken,
            Duration userLifetime) {}

    /**
     * How much a client may ask for; 0 for any number.
     *
     * @param restPerHour requests by REST; the primary limit
     * @param graphQlPerHour points by GraphQL; the primary limit
     * @param createdPerMinute contents made, whichever way
     * @param createdPerHour contents made, whichever way
     * @param restPoints in a minute: 1 to read, 5 to write
     * @param graphQlPoints in a minute: 1 for a query, 5 for a document with mutations
     * @param concurrent requests under way
     */
    public record Limits(
            int restPerHour,
            int graphQlPerHour,
            int createdPerMinute,
            int createdPerHour,
            int restPoints,
            int graphQlPoints,
            int concurrent) {
        /** Those of a user's token at github.com. */
        public static final Limits USER = new Limits(5_000, 5_000, 80, 500, 900, 2_000, 100);

        public static final Limits NONE = new Limits(0, 0, 0, 0, 0, 0, 0);

        public Limits withHourly(int rest, int graphQl) {
            return new Limits(rest, graphQl, createdPerMinute, createdPerHour, restPoints, graphQlPoints, concurrent);
        }

        public Limits withCreated(int perMinute, int perHour) {
            return new Limits(restPerHour, graphQlPerHour, perMinute, perHour, restPoints, graphQlPoints, concurrent);
        }

        public Limits withPoints(int rest, int graphQl) {
            return new Limits(restPerHour, graphQlPerHour, createdPerMinute, createdPerHour, rest, graphQl, concurrent);
        }

        public Limits withConcurrent(int most) {
            return new Limits(
                    restPerHour, graphQlPerHour, createdPerMinute, createdPerHour, restPoints, graphQlPoints, most);
        }
    }

    public static GitHubConfig defaults() {
        return new GitHubConfig(
                "127.0.0.1",
                0,
                Duration.ZERO,
                1,
                Clock.systemUTC(),
                new Access(
                        "ghp_sandbox",
                        "ghp_readonly",
                        12_345,
                        67_890,
                        Duration.ofHours(1),
                        "Iv1.sandbox",
                        "sandbox-secret",
                        "ghr_sandbox",
                        Duration.ofHours(8)),
                Limits.USER,
                40);
    }

    public GitHubConfig withHost(String name) {
        return new GitHubConfig(name, port, latency, seed, clock, access, limits, issues);
    }

    public GitHubConfig withPort(int number) {
        return new GitHubConfig(host, number, latency, seed, clock, access, limits, issues);
    }

    public GitHubConfig withLatency(Duration each) {
        return new GitHubConfig(host, port, each, seed, clock, access, limits, issues);
    }

    public GitHubConfig withSeed(long number) {
        return new GitHubConfig(host, port, latency, number, clock, access, limits, issues);
    }

    public GitHubConfig withClock(Clock other) {
        return new GitHubConfig(host, port, latency, seed, other, access, limits, issues);
    }

    public GitHubConfig withInstallationLifetime(Duration time) {
        Access other = new Access(
                access.token(),
                access.readToken(),
                access.appId(),
                access.installationId(),
                time,
                access.clientId(),
                access.clientSecret(),
                access.refreshToken(),
                access.userLifetime());
        return new GitHubConfig(host, port, latency, seed, clock, other, limits, issues);
    }

    public GitHubConfig withLimits(Limits other) {
        return new GitHubConfig(host, port, latency, seed, clock, access, other, issues);
    }

    public GitHubConfig withData(int demoIssues) {
        return new GitHubConfig(host, port, latency, seed, clock, access, limits, demoIssues);
    }
}
