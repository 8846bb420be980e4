package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DynamicTest;

/**
 * An API's official Node client against a sandbox: each step of {@code src/test/node/NAME/session.mjs} is a test.
 *
 * <p>The client is installed by {@code npm ci} into {@code target}, when it is not there already.
 */
final class NodeSession {
    private static final int OLDEST_NODE = 18;

    private final Path source;
    private final Path target;

    private NodeSession(String name) {
        this.source = Path.of("src/test/node", name);
        this.target = Path.of("target", name);
    }

    static List<DynamicTest> steps(String name, Sandbox sandbox) throws IOException, InterruptedException {
        return new NodeSession(name).run(sandbox);
    }

    private List<DynamicTest> run(Sandbox sandbox) throws IOException, InterruptedException {
        assumeTrue(onPath("node") && onPath("npm"), "node and npm are not on the path");
        Files.createDirectories(target);
        int node = Integer.parseInt(run(20, "node", "--version").strip().replaceFirst("v(\\d+).*", "$1"));
        assumeTrue(node >= OLDEST_NODE, "node " + node + " is older than the clients want");
        install();
        List<DynamicTest> tests = new ArrayList<>();
        String output = run(120, "node", "session.mjs", sandbox.uri().toString());
        for (String line : output.lines().filter(each -> each.startsWith("{")).toList()) {
            JsonNode step = new ObjectMapper().readTree(line);
            tests.add(dynamicTest(
                    step.path("step").asText(),
                    () -> assertThat(step.path("error").asText("")).isEmpty()));
        }
        assertThat(tests).as(output).isNotEmpty();
        return tests;
    }

    private void install() throws IOException, InterruptedException {
        String lock = Files.readString(source.resolve("package-lock.json"));
        Path installed = target.resolve("package-lock.json");
        boolean same = Files.exists(target.resolve("installed"))
                && Files.exists(installed)
                && Files.readString(installed).equals(lock);
        for (String file : List.of("package.json", "package-lock.json", "session.mjs")) {
            Files.copy(source.resolve(file), target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!same) {
            run(300, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
            Files.writeString(target.resolve("installed"), "");
        }
    }

    /** Standard output of a command that must succeed. */
    private String run(int seconds, String... command) throws IOException, InterruptedException {
        Path output = target.resolve("output.txt");
        Path errors = target.resolve("errors.txt");
        Process process = new ProcessBuilder(command)
                .directory(target.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + " took longer than " + seconds + " s");
        }
        assertThat(process.exitValue())
                .as(String.join(" ", command) + "\n" + Files.readString(errors))
                .isZero();
        return Files.readString(output);
    }

    private static boolean onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
