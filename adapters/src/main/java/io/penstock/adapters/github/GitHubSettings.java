package io.penstock.adapters.github;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What configuration says about an account at GitHub.
 *
 * @param serverTimeout how long a request that nobody waits for may still run there. GitHub ends one after ten seconds
 * @param clock for the signatures of an app, which say when they were made
 */
public record GitHubSettings(GitHubAuth auth, Duration serverTimeout, InstantSource clock) {
    /** Where requests go unless the account is of a server of one's own. */
    public static final URI BASE_URL = URI.create("https://api.github.com");

    /** GitHub's ten seconds, and what a proxy of GitHub's may add. */
    public static final Duration SERVER_TIMEOUT = Duration.ofMinutes(1);

    public GitHubSettings {
        if (serverTimeout.isNegative()) {
            throw new IllegalArgumentException("the server's timeout must not be negative");
        }
    }

    public GitHubSettings(GitHubAuth auth) {
        this(auth, SERVER_TIMEOUT, InstantSource.system());
    }
}
