package io.penstock.sandbox.github;

import java.util.List;
import java.util.Random;

/** One repository with issues, labels, users and a pull request, the same ones for the same seed. */
final class DemoData {
    private static final List<String> SUBJECTS = List.of("The sync", "The demo", "A pool", "The journal", "A cancel");
    private static final List<String> VERBS = List.of("stalls", "restarts", "logs too much", "is slow", "loses a row");
    private static final List<String> PLACES =
            List.of("on Windows", "after a failover", "with IPv6", "under load", "on a Sunday");

    private DemoData() {}

    static void load(GitHubConfig config, GitHubStore store, IssueWriter writer) {
        Random random = new Random(config.seed());
        User owner = store.user("octo-org", "Octo Organisation");
        List<User> users = List.of(owner, store.user("ada", "Ada Lovelace"), store.user("grace", "Grace Hopper"));
        Repository repository =
                store.repository(owner, "hello-world", config.clock().instant());
        List<Label> labels = List.of(
                store.label(repository, repository.created(), "bug", "d73a4a"),
                store.label(repository, repository.created(), "enhancement", "a2eeef"),
                store.label(repository, repository.created(), "question", "d876e3"));
        store.milestone(repository, 1, "First release");
        for (int i = 0; i < config.issues(); i++) {
            String title = of(SUBJECTS, random) + " " + of(VERBS, random) + " " + of(PLACES, random);
            boolean closed = random.nextInt(4) == 0;
            writer.create(
                    repository,
                    of(users, random),
                    new IssueWriter.Change(
                            title,
                            random.nextBoolean() ? "Seen twice.\n\nSteps: start, wait, look." : null,
                            closed ? true : null,
                            null,
                            random.nextBoolean() ? List.of(of(labels, random)) : null,
                            random.nextInt(3) == 0 ? List.of(of(users, random)) : null,
                            null));
        }
        if (config.issues() > 0) {
            writer.create(
                    repository,
                    owner,
                    new IssueWriter.Change("Mend the sync", null, null, null, null, null, null),
                    true);
        }
    }

    private static <T> T of(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
