package io.penstock.adapters.github;

/** Whose token an account has. */
public sealed interface GitHubAuth {
    /** A personal access token: it stays until somebody takes it back. */
    record PersonalToken() implements GitHubAuth {}

    /**
     * An installation of a GitHub App. Its tokens live an hour; the app signs for each new one.
     *
     * @param id of the installation, as the address of its settings ends
     */
    record Installation(long id) implements GitHubAuth {
        public Installation {
            if (id < 1) {
                throw new IllegalArgumentException("an installation has a positive id");
            }
        }
    }

    /** A person who allowed an app to act for them: tokens of eight hours, and a refresh token that is good once. */
    record User() implements GitHubAuth {}
}
