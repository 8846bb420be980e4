package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Pages of a list with their Link header, and the filters and orders that a list of issues has. */
final class IssueList {
    private static final int USUAL = 30;
    private static final int MOST = 100;

    private IssueList() {}

    static List<Issue> filtered(List<Issue> issues, Map<String, String> query) {
        String state = word(query, "state", "open", Set.of("open", "closed", "all"));
        String sort = word(query, "sort", "created", Set.of("created", "updated", "comments"));
        boolean down = word(query, "direction", "desc", Set.of("asc", "desc")).equals("desc");
        Instant since = since(query.get("since"));
        List<String> labels = List.of(query.getOrDefault("labels", "").split(","));
        String creator = query.getOrDefault("creator", "");
        String assignee = query.getOrDefault("assignee", "");
        Comparator<Issue> order =
                Comparator.comparing((Issue issue) -> sort.equals("updated") ? issue.updated : issue.created);
        order = order.thenComparing(issue -> issue.number);
        return issues.stream()
                .filter(issue -> state.equals("all") || issue.closed == state.equals("closed"))
                .filter(issue -> !issue.updated.isBefore(since))
                .filter(issue -> labels.stream()
                        .allMatch(wanted -> wanted.isEmpty()
                                || issue.labels.stream().anyMatch(label -> label.isCalled(wanted.strip()))))
                .filter(issue -> creator.isEmpty() || issue.author.login().equalsIgnoreCase(creator))
                .filter(issue -> assigned(issue, assignee))
                .sorted(down ? order.reversed() : order)
                .toList();
    }

    private static boolean assigned(Issue issue, String assignee) {
        return switch (assignee) {
            case "" -> true;
            case "none" -> issue.assignees.isEmpty();
            case "*" -> !issue.assignees.isEmpty();
            default -> issue.assignees.stream().anyMatch(user -> user.login().equalsIgnoreCase(assignee));
        };
    }

    private static String word(Map<String, String> query, String name, String usual, Set<String> words) {
        String word = query.getOrDefault(name, usual).toLowerCase(Locale.ROOT);
        if (!words.contains(word)) {
            throw GitHubException.validationFailed(List.of(new IssueProblem(name, "invalid", word, "")));
        }
        return word;
    }

    private static Instant since(@Nullable String text) {
        if (text == null) {
            return Instant.EPOCH;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw GitHubException.validationFailed(List.of(new IssueProblem("since", "invalid", text, "")));
        }
    }

    /** One page, with the addresses of the others in its Link header when there are others. */
    static <T> SandboxResponse page(SandboxRequest request, String base, List<T> all, Function<T, JsonNode> shown) {
        int size = Math.clamp(number(request, "per_page", USUAL), 1, MOST);
        int last = Math.max(1, (all.size() + size - 1) / size);
        int page = Math.max(1, number(request, "page", 1));
        int from = (int) Math.min((page - 1L) * size, all.size());
        List<T> here = all.subList(from, Math.min(from + size, all.size()));
        var body = Json.array();
        here.forEach(each -> body.add(shown.apply(each)));
        SandboxResponse response = SandboxResponse.json(200, body, here.size());
        Map<String, Integer> links = new LinkedHashMap<>();
        if (page > 1) {
            links.put("prev", Math.min(page - 1, last));
        }
        if (page < last) {
            links.put("next", page + 1);
            links.put("last", last);
        }
        if (page > 1) {
            links.put("first", 1);
        }
        List<String> parts = new ArrayList<>();
        links.forEach((rel, number) -> parts.add("<" + address(request, base, number) + ">; rel=\"" + rel + "\""));
        return parts.isEmpty() ? response : response.withHeader("Link", String.join(", ", parts));
    }

    private static String address(SandboxRequest request, String base, int page) {
        String target = request.target();
        String with = "page=" + page;
        if (request.query().containsKey("page")) {
            return base + target.replaceFirst("([?&])page=[^&]*", "$1" + with);
        }
        return base + target + (target.contains("?") ? "&" : "?") + with;
    }

    private static int number(SandboxRequest request, String name, int usual) {
        String text = request.query().getOrDefault(name, "");
        return text.matches("\\d{1,8}") ? Integer.parseInt(text) : usual;
    }
}
