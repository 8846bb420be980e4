package io.penstock.sandbox;

import io.penstock.sandbox.github.GitHubConfig;
import java.time.Duration;

/** Runs the GitHub sandbox as a process of its own until it is killed. */
public final class GitHubSandboxMain {
    private static final String USAGE = """
        options, each with a value:
          --host NAME             127.0.0.1
          --port N                0 takes a free one
          --latency-ms N          what every request takes at least (0)
          --seed N                of ids, tokens and demo data (1)
          --issues N              demo issues (40)
          --installation-seconds N  life of an installation's token (3600)
          --per-hour N            requests by REST and points by GraphQL in an hour; 0 for any (5000)
          --created-per-minute N  issues made in a minute; 0 for any (80)
          --created-per-hour N    issues made in an hour; 0 for any (500)
          --concurrent N          requests under way; 0 for any (100)
        """;

    private GitHubSandboxMain() {}

    /** Prints the address on one line of standard output when it is ready. */
    public static void main(String[] arguments) {
        Options.run("GitHub", USAGE, () -> GitHubSandbox.start(read(arguments)));
    }

    static GitHubConfig read(String... arguments) {
        return Options.read(GitHubConfig.defaults(), GitHubSandboxMain::with, arguments);
    }

    private static GitHubConfig with(GitHubConfig config, String option, String value) {
        GitHubConfig.Limits limits = config.limits();
        return switch (option) {
            case "--host" -> config.withHost(value);
            case "--port" -> config.withPort(Integer.parseInt(value));
            case "--latency-ms" -> config.withLatency(Duration.ofMillis(Long.parseLong(value)));
            case "--seed" -> config.withSeed(Long.parseLong(value));
            case "--issues" -> config.withData(Integer.parseInt(value));
            case "--installation-seconds" -> config.withInstallationLifetime(Duration.ofSeconds(Long.parseLong(value)));
            case "--per-hour" -> config.withLimits(limits.withHourly(Integer.parseInt(value), Integer.parseInt(value)));
            case "--created-per-minute" ->
                config.withLimits(limits.withCreated(Integer.parseInt(value), limits.createdPerHour()));
            case "--created-per-hour" ->
                config.withLimits(limits.withCreated(limits.createdPerMinute(), Integer.parseInt(value)));
            case "--concurrent" -> config.withLimits(limits.withConcurrent(Integer.parseInt(value)));
            default -> throw new IllegalArgumentException("no such option: " + option);
        };
    }
}
