package io.penstock.node.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Grant;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.adapters.github.GitHubAdapter;
import io.penstock.adapters.github.GitHubAuth;
import io.penstock.adapters.github.GitHubSettings;
import io.penstock.sandbox.GitHubSandbox;
import io.penstock.sandbox.github.GitHubConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens of an app's installation and of a user, from the sandbox's two login servers. */
class GitHubTokensSandboxTest {
    private final GitHubSandbox sandbox =
            GitHubSandbox.start(GitHubConfig.defaults().withLimits(GitHubConfig.Limits.NONE));
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.close();
        sandbox.close();
    }

    private static GitHubAdapter adapter(GitHubAuth auth) {
        return new GitHubAdapter(new GitHubSettings(auth));
    }

    /** One refresh, as the node asks for it: the account's login server, and the path that the adapter has for it. */
    private TokenAnswer refresh(GitHubAdapter adapter, Grant grant) throws IOException, InterruptedException {
        String path = URI.create(((AuthDescriptor.OAuthRefresh) adapter.auth()).defaultTokenUrl())
                .getRawPath();
        TokenRequest asked = adapter.refresh(grant);
        HttpRequest.Builder request = HttpRequest.newBuilder(sandbox.uri().resolve(path))
                .POST(HttpRequest.BodyPublishers.ofString(asked.body().text()));
        asked.headers().forEach(request::header);
        String contentType = asked.body().contentType();
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        HttpResponse<byte[]> response = http.send(
                request.version(HttpClient.Version.HTTP_1_1).build(), HttpResponse.BodyHandlers.ofByteArray());
        return adapter.parseToken(
                new ApiResponse(response.statusCode(), response.headers().map(), response.body()));
    }

    private SandboxAccount account(GitHubAdapter adapter, String token) {
        return new SandboxAccount(
                sandbox,
                adapter,
                token,
                new TableRequest(
                        "github",
                        "issues",
                        "issues",
                        List.of(),
                        null,
                        Map.of(),
                        null,
                        Map.of("repository", "octo-org/hello-world")));
    }

    @Test
    void anAppSignsForTheTokenOfItsInstallationAndForTheNextOne() throws IOException, InterruptedException {
        GitHubAdapter app = adapter(new GitHubAuth.Installation(67_890));
        Grant grant = new Grant("12345", null, sandbox.appKey());
        TokenAnswer.Granted first = (TokenAnswer.Granted) refresh(app, grant);
        assertThat(first.expiresIn()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
        assertThat(first.refreshToken()).as("the key stays").isNull();
        try (SandboxAccount issues = account(app, first.accessToken())) {
            issues.applied(issues.insert("{'title':'By an app'}"));
            sandbox.expireTokens();
            assertThat(issues.send(issues.insert("{'title':'Too late'}"))).containsExactly(new Failure.TokenExpired());

            issues.token(((TokenAnswer.Granted) refresh(app, grant)).accessToken());
            issues.applied(issues.insert("{'title':'Again'}"));
        }
    }

    @Test
    void anAppThatIsNotInstalledThereOrSignsWithAnotherKeyIsRevoked() throws IOException, InterruptedException {
        Grant grant = new Grant("12345", null, sandbox.appKey());
        assertThat(refresh(adapter(new GitHubAuth.Installation(1)), grant)).isInstanceOf(TokenAnswer.Revoked.class);
        try (GitHubSandbox other = GitHubSandbox.start()) {
            Grant foreign = new Grant("12345", null, other.appKey());
            assertThat(refresh(adapter(new GitHubAuth.Installation(67_890)), foreign))
                    .isInstanceOf(TokenAnswer.Revoked.class);
        }
    }

    @Test
    void aUsersRefreshTokenIsGoodOnceAndEndsTheTokenBefore() throws IOException, InterruptedException {
        GitHubAdapter user = adapter(new GitHubAuth.User());
        TokenAnswer.Granted first =
                (TokenAnswer.Granted) refresh(user, new Grant("Iv1.sandbox", "sandbox-secret", "ghr_sandbox"));
        assertThat(first.expiresIn()).isEqualTo(Duration.ofHours(8));
        String next = String.valueOf(first.refreshToken());
        try (SandboxAccount issues = account(user, first.accessToken())) {
            issues.applied(issues.insert("{'title':'By a user'}"));
            TokenAnswer second = refresh(user, new Grant("Iv1.sandbox", "sandbox-secret", next));
            assertThat(second).isInstanceOf(TokenAnswer.Granted.class);
            assertThat(issues.send(issues.insert("{'title':'Too late'}"))).containsExactly(new Failure.TokenExpired());
        }
        assertThat(refresh(user, new Grant("Iv1.sandbox", "sandbox-secret", next)))
                .isInstanceOf(TokenAnswer.Revoked.class);
    }
}
