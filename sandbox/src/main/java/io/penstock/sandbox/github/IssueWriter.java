package io.penstock.sandbox.github;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules that an issue has to pass, whichever way it is written. */
final class IssueWriter {
    private static final int LONGEST_TITLE = 256;
    private static final int LONGEST_BODY = 65_536;
    private static final int MOST_ASSIGNEES = 10;

    private final GitHubStore store;
    private final Clock clock;

    IssueWriter(GitHubStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * What is to become of an issue; null leaves a member as it is.
     *
     * @param closed whether it is to be closed
     * @param stateReason {@code COMPLETED}, {@code NOT_PLANNED}, {@code DUPLICATE} or {@code REOPENED}
     * @param milestone the one, or an empty list for none
     */
    record Change(
            @Nullable String title,
            @Nullable String body,
            @Nullable Boolean closed,
            @Nullable String stateReason,
            @Nullable List<Label> labels,
            @Nullable List<User> assignees,
            @Nullable List<Milestone> milestone) {
        static Change state(boolean closed, @Nullable String reason) {
            return new Change(null, null, closed, reason, null, null, null);
        }
    }

    /** What is wrong with a change; empty when it may be made. */
    List<IssueProblem> problems(Change change, boolean creating) {
        List<IssueProblem> problems = new ArrayList<>();
        String title = change.title();
        if (creating ? title == null || title.isBlank() : title != null && title.isBlank()) {
            problems.add(new IssueProblem("title", "missing_field", null, "Title can't be blank"));
        } else if (title != null && length(title) > LONGEST_TITLE) {
            problems.add(tooLong("title", LONGEST_TITLE));
        }
        if (change.body() != null && length(change.body()) > LONGEST_BODY) {
            problems.add(tooLong("body", LONGEST_BODY));
        }
        if (change.assignees() != null && change.assignees().size() > MOST_ASSIGNEES) {
            problems.add(new IssueProblem(
                    "assignees", "custom", null, "Assignees can have at most " + MOST_ASSIGNEES + " users"));
        }
        return problems;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static IssueProblem tooLong(String field, int most) {
        String name = Character.toUpperCase(field.charAt(0)) + field.substring(1);
        return new IssueProblem(field, "custom", null, name + " is too long (maximum is " + most + " characters)");
    }

    /** Makes an issue of a change that has no problems. */
    Issue create(Repository repository, User author, Change change) {
        return create(repository, author, change, false);
    }

    Issue create(Repository repository, User author, Change change, boolean pullRequest) {
        Issue issue = store.issue(repository, author, now(), pullRequest);
        put(issue, change);
        return issue;
    }

    /** Makes a change that has no problems. */
    void update(Issue issue, Change change) {
        put(issue, change);
        issue.updated = now();
    }

    void delete(Issue issue) {
        store.delete(issue);
    }

    private void put(Issue issue, Change change) {
        if (change.title() != null) {
            issue.title = change.title();
        }
        if (change.body() != null) {
            // As a form on the web sends it, so it is kept: carriage returns are not.
            issue.body = change.body().replace("\r\n", "\n");
        }
        if (change.labels() != null) {
            issue.labels.clear();
            issue.labels.addAll(new LinkedHashSet<>(change.labels()));
        }
        if (change.assignees() != null) {
            issue.assignees.clear();
            issue.assignees.addAll(new LinkedHashSet<>(change.assignees()));
        }
        if (change.milestone() != null) {
            issue.milestone =
                    change.milestone().isEmpty() ? null : change.milestone().getFirst();
        }
        if (change.closed() != null) {
            state(issue, change.closed(), change.stateReason());
        } else if (change.stateReason() != null && issue.closed) {
            issue.stateReason = change.stateReason();
        }
    }

    private void state(Issue issue, boolean closed, @Nullable String reason) {
        if (closed) {
            issue.stateReason = reason == null ? (issue.closed ? issue.stateReason : "COMPLETED") : reason;
            issue.closedAt = issue.closed ? issue.closedAt : now();
        } else if (issue.closed) {
            issue.stateReason = "REOPENED";
            issue.closedAt = null;
        }
        issue.closed = closed;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
