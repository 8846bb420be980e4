package io.penstock.sandbox;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** GitHub's own Node clients drive the sandbox, and compare its documents and its schema with the published ones. */
class GitHubNodeTest {
    @TestFactory
    List<DynamicTest> everyStepOfTheSession() throws IOException, InterruptedException {
        try (GitHubSandbox sandbox = GitHubSandbox.start()) {
            return NodeSession.steps("github", sandbox);
        }
    }
}
