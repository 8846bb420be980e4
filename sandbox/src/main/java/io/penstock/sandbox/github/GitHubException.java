package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.List;

/** A request that is refused as a whole: an HTTP status with {@code message}, {@code documentation_url} and {@code status}. */
final class GitHubException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String DOCS = "https://docs.github.com/rest";

    private final int status;
    private final transient List<IssueProblem> problems;
    private final String page;
    private final int retryAfter;

    private GitHubException(int status, String message, List<IssueProblem> problems, String page, int retryAfter) {
        super(message, null, false, false);
        this.status = status;
        this.problems = problems;
        this.page = page;
        this.retryAfter = retryAfter;
    }

    GitHubException(int status, String message) {
        this(status, message, List.of(), DOCS, 0);
    }

    static GitHubException notFound() {
        return new GitHubException(404, "Not Found");
    }

    static GitHubException badCredentials() {
        return new GitHubException(401, "Bad credentials");
    }

    /** The body is not what the endpoint takes, said before its values are looked at. */
    static GitHubException invalidRequest(String problem) {
        return new GitHubException(422, "Invalid request.\n\n" + problem);
    }

    static GitHubException validationFailed(List<IssueProblem> problems) {
        return new GitHubException(422, "Validation Failed", problems, DOCS + "/issues/issues#create-an-issue", 0);
    }

    static GitHubException rateLimited() {
        return new GitHubException(
                403,
                "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help, please include the"
                        + " request ID.",
                List.of(),
                DOCS + "/using-the-rest-api/rate-limits-for-the-rest-api",
                0);
    }

    /** @param seconds what Retry-After says */
    static GitHubException secondaryLimit(int status, String why, int seconds) {
        return new GitHubException(
                status,
                "You have exceeded a secondary rate limit" + why,
                List.of(),
                "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
                seconds);
    }

    SandboxResponse response() {
        ObjectNode body = Json.object().put("message", getMessage());
        if (!problems.isEmpty()) {
            ArrayNode errors = body.putArray("errors");
            problems.forEach(problem -> errors.add(problem.json()));
        }
        body.put("documentation_url", page).put("status", Integer.toString(status));
        SandboxResponse response = SandboxResponse.json(status, body, 0);
        return retryAfter == 0 ? response : response.withHeader("Retry-After", Integer.toString(retryAfter));
    }
}
