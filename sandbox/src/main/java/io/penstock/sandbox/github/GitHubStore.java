package io.penstock.sandbox.github;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Users, repositories, labels, milestones and issues, by node id. */
final class GitHubStore {
    private final Map<String, Object> nodes = new LinkedHashMap<>();
    private final Map<Repository, Integer> numbers = new HashMap<>();
    private final Set<String> deleted = new HashSet<>();
    private Random random;
    private long lastId = 1_000_000;

    GitHubStore(long seed) {
        random = new Random(seed);
    }

    void clear(long seed) {
        nodes.clear();
        numbers.clear();
        deleted.clear();
        random = new Random(seed);
        lastId = 1_000_000;
    }

    User user(String login, String name) {
        User user = new User(nodeId("U_kgDO"), ++lastId, login, name);
        nodes.put(user.nodeId(), user);
        return user;
    }

    Repository repository(User owner, String name, Instant now) {
        Repository repository = new Repository(nodeId("R_kgDO"), ++lastId, owner, name, now);
        nodes.put(repository.nodeId(), repository);
        return repository;
    }

    Label label(Repository repository, Instant now, String name, String color) {
        Label label = new Label(nodeId("LA_kwDO"), ++lastId, repository, now, name, color);
        nodes.put(label.nodeId, label);
        return label;
    }

    Milestone milestone(Repository repository, int number, String title) {
        Milestone milestone = new Milestone(nodeId("MI_kwDO"), repository, number, title);
        nodes.put(milestone.nodeId(), milestone);
        return milestone;
    }

    Issue issue(Repository repository, User author, Instant now, boolean pullRequest) {
        int number = numbers.merge(repository, 1, Integer::sum);
        String prefix = pullRequest ? "PR_kwDO" : "I_kwDO";
        Issue issue = new Issue(nodeId(prefix), ++lastId, repository, number, author, now, pullRequest);
        nodes.put(issue.nodeId, issue);
        return issue;
    }

    void delete(Issue issue) {
        nodes.remove(issue.nodeId);
        deleted.add(issue.repository.fullName() + "#" + issue.number);
    }

    /** It is taken from its issues, too, which are not changed by that. */
    void delete(Label label) {
        nodes.remove(label.nodeId);
        all(Issue.class).forEach(issue -> issue.labels.remove(label));
    }

    boolean deleted(Repository repository, int number) {
        return deleted.contains(repository.fullName() + "#" + number);
    }

    @Nullable
    Object node(String nodeId) {
        return nodes.get(nodeId);
    }

    @Nullable
    Repository repository(String owner, String name) {
        return all(Repository.class).stream()
                .filter(each -> each.fullName().equalsIgnoreCase(owner + "/" + name))
                .findAny()
                .orElse(null);
    }

    @Nullable
    Issue issue(Repository repository, int number) {
        return issues(repository).stream()
                .filter(each -> each.number == number)
                .findAny()
                .orElse(null);
    }

    /** In the order of their numbers. */
    List<Issue> issues(Repository repository) {
        return all(Issue.class).stream()
                .filter(each -> each.repository.equals(repository))
                .toList();
    }

    List<Label> labels(Repository repository) {
        return all(Label.class).stream()
                .filter(each -> each.repository.equals(repository))
                .toList();
    }

    @Nullable
    User user(String login) {
        return all(User.class).stream()
                .filter(each -> each.login().equalsIgnoreCase(login))
                .findAny()
                .orElse(null);
    }

    <T> List<T> all(Class<T> type) {
        List<T> all = new ArrayList<>();
        for (Object node : nodes.values()) {
            if (type.isInstance(node)) {
                all.add(type.cast(node));
            }
        }
        return all;
    }

    /** The letters and digits of a GitHub request id. */
    String requestId() {
        return String.format(
                java.util.Locale.ROOT,
                "%04X:%06X:%08X",
                random.nextInt(1 << 16),
                random.nextInt(1 << 24),
                random.nextInt());
    }

    private String nodeId(String prefix) {
        byte[] bytes = new byte[9];
        random.nextBytes(bytes);
        return prefix + new String(Base64.getUrlEncoder().encode(bytes), StandardCharsets.US_ASCII);
    }
}
