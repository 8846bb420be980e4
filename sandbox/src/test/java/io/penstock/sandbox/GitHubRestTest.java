package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.github.GitHubConfig;
import io.penstock.sandbox.server.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Issues by REST, one request at a time. */
class GitHubRestTest {
    private final TestClock clock = new TestClock();
    private final GitHubSandbox sandbox = GitHubSandbox.start(GitHubConfig.defaults()
            .withData(0)
            .withLimits(GitHubConfig.Limits.NONE)
            .withClock(clock));
    private final GitHubHttp github = new GitHubHttp(sandbox);
    private final SandboxClient http = github.http();

    @AfterEach
    void close() {
        github.close();
        sandbox.close();
    }

    private static List<String> titles(Answer answer) {
        List<String> titles = new ArrayList<>();
        answer.body().forEach(each -> titles.add(each.path("title").asText()));
        return titles;
    }

    @Test
    void anIssueFromItsBeginningToItsEnd() {
        Answer made = http.post(GitHubHttp.ISSUES, "{\"title\":\"Zoë 🦊\",\"labels\":[\"bug\",{\"name\":\"new\"}]}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Location")).endsWith(GitHubHttp.ISSUES + "/1");
        assertThat(made.body().path("body").isNull()).isTrue();
        assertThat(made.at("state")).isEqualTo("open");
        assertThat(made.at("labels/1/color")).isEqualTo("ededed");
        clock.advance(Duration.ofMinutes(1));
        Answer closed = http.patch(GitHubHttp.ISSUES + "/1", "{\"state\":\"closed\",\"nonsense\":true}");
        assertThat(closed.at("state_reason")).isEqualTo("completed");
        assertThat(closed.at("closed_at")).isEqualTo("2026-03-01T12:01:00Z");
        assertThat(closed.at("updated_at")).isEqualTo("2026-03-01T12:01:00Z");
        assertThat(closed.at("created_at")).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(http.get(GitHubHttp.ISSUES + "/1").body()).isEqualTo(closed.body());
        assertThat(http.delete(GitHubHttp.ISSUES + "/1").status()).isEqualTo(404);
        assertThat(closed.header("x-github-request-id")).matches("[0-9A-F:]+");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {|400|Problems parsing JSON
            []|400|Body should be a JSON object
            {}|422|Invalid request.\\n\\n"title" wasn't supplied.
            {"title":null}|422|Invalid request.\\n\\nFor 'properties/title', nil is not a string or integer.
            {"title":{}}|422|Invalid request.\\n\\nFor 'properties/title', {} is not a string.
            {"title":"x","labels":[1]}|422|Invalid request.\\n\\nFor 'properties/labels', 1 is not a string.
            {"title":"x","milestone":1}|422|Invalid request.\\n\\nGitHub has the parameter milestone; this sandbox has not.
            {"title":" "}|422|Validation Failed
            """)
    void whatAnIssueCannotBe(String body, int status, String message) {
        Answer answer = http.post(GitHubHttp.ISSUES, body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.at("message")).isEqualTo(message.replace("\\n", "\n"));
        assertThat(answer.at("status")).isEqualTo(Integer.toString(status));
        assertThat(sandbox.objects("issue")).isEmpty();
    }

    @Test
    void lengths() {
        String title = "x".repeat(257);
        Answer answer = http.post(GitHubHttp.ISSUES, "{\"title\":\"" + title + "\"}");
        assertThat(answer.body().at("/errors/0").toString())
                .isEqualTo("{\"resource\":\"Issue\",\"field\":\"title\",\"code\":\"custom\",\"message\":\"Title is too"
                        + " long (maximum is 256 characters)\"}");
        String body = "{\"title\":\"x\",\"body\":\"" + "y".repeat(65_537) + "\"}";
        assertThat(http.post(GitHubHttp.ISSUES, body).at("errors/0/field")).isEqualTo("body");
    }

    @Test
    void filtersOrdersAndPages() {
        for (String title : List.of("A", "B", "C", "D")) {
            github.made(title);
            clock.advance(Duration.ofMinutes(1));
        }
        http.patch(GitHubHttp.ISSUES + "/1", "{\"state\":\"closed\",\"assignees\":[\"ada\"]}");
        http.patch(GitHubHttp.ISSUES + "/3", "{\"labels\":[\"bug\"]}");
        assertThat(titles(http.get(GitHubHttp.ISSUES))).containsExactly("D", "C", "B");
        assertThat(titles(http.get(GitHubHttp.ISSUES + "?state=all&sort=updated&direction=asc")))
                .containsExactly("B", "D", "A", "C");
        assertThat(titles(http.get(GitHubHttp.ISSUES + "?state=closed"))).containsExactly("A");
        assertThat(titles(http.get(GitHubHttp.ISSUES + "?labels=Bug"))).containsExactly("C");
        assertThat(titles(http.get(GitHubHttp.ISSUES + "?state=all&assignee=ada")))
                .containsExactly("A");
        assertThat(titles(http.get(GitHubHttp.ISSUES + "?assignee=none"))).hasSize(3);
        assertThat(titles(http.get(GitHubHttp.ISSUES + "?state=all&since=2026-03-01T12:04:00Z")))
                .containsExactly("C", "A");
        assertThat(http.get(GitHubHttp.ISSUES + "?state=ajar").status()).isEqualTo(422);
        assertThat(http.get(GitHubHttp.ISSUES + "?since=never").at("errors/0/field"))
                .isEqualTo("since");
        Answer second = http.get(GitHubHttp.ISSUES + "?state=all&per_page=2&page=2");
        assertThat(titles(second)).containsExactly("B", "A");
        assertThat(second.header("Link"))
                .contains("&page=1>; rel=\"prev\"")
                .contains("rel=\"first\"")
                .doesNotContain("next");
        assertThat(http.get(GitHubHttp.ISSUES + "?per_page=3").header("Link")).isEmpty();
    }

    @Test
    void aTagSavesARequest() {
        sandbox.limits(GitHubConfig.Limits.NONE.withHourly(10, 10));
        github.made("A");
        Answer first = http.get(GitHubHttp.ISSUES + "/1");
        Answer again = http.send("GET", GitHubHttp.ISSUES + "/1", "", "If-None-Match", first.header("ETag"));
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.header("x-ratelimit-used")).isEqualTo(first.header("x-ratelimit-used"));
        http.patch(GitHubHttp.ISSUES + "/1", "{\"title\":\"B\"}");
        assertThat(http.send("GET", GitHubHttp.ISSUES + "/1", "", "If-None-Match", first.header("ETag"))
                        .at("title"))
                .isEqualTo("B");
    }

    @Test
    void otherPaths() {
        assertThat(http.get("/user").at("login")).isEqualTo("octo-org");
        assertThat(http.get("/users/ada").at("name")).isEqualTo("Ada Lovelace");
        assertThat(http.get("/users/nobody").status()).isEqualTo(404);
        assertThat(http.get("/repos/octo-org/hello-world").at("node_id")).startsWith("R_kgDO");
        assertThat(http.get("/repos/octo-org/none/issues").status()).isEqualTo(404);
        assertThat(http.get("/repos/octo-org/hello-world/labels").body()).hasSize(3);
        assertThat(http.get("/repos/octo-org/hello-world/assignees").body()).hasSize(3);
        assertThat(http.get("/installation/repositories").at("total_count")).isEqualTo("1");
        assertThat(http.send("GET", "/user", "", "X-GitHub-Api-Version", "1999-01-01")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aRecordThatIsRefusedAndAFaultForOneType() {
        sandbox.faults().next(new Fault.RefuseRecords("custom", "is spam"));
        assertThat(http.post(GitHubHttp.ISSUES, "{\"title\":\"x\"}").at("errors/0/message"))
                .isEqualTo("is spam");
    }
}
