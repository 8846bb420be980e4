package io.penstock.sandbox.github;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One issue, or a pull request, which GitHub counts among them. Changed in place by {@link IssueWriter} alone. */
final class Issue {
    final String nodeId;
    final long id;
    final Repository repository;
    final int number;
    final User author;
    final Instant created;
    final boolean pullRequest;
    String title = "";
    String body = "";
    boolean closed;

    @Nullable
    String stateReason;

    Instant updated;

    @Nullable
    Instant closedAt;

    @Nullable
    Milestone milestone;

    final List<Label> labels = new ArrayList<>();
    final List<User> assignees = new ArrayList<>();

    Issue(String nodeId, long id, Repository repository, int number, User author, Instant created, boolean pull) {
        this.nodeId = nodeId;
        this.id = id;
        this.repository = repository;
        this.number = number;
        this.author = author;
        this.created = created;
        this.updated = created;
        this.pullRequest = pull;
    }
}
