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
import org.junit.jupiter.api.TestFactory;

/**
 * jsforce, the Node client that Salesforce's own tools are built on, drives the sandbox: what it takes for an org is one for our purposes.
 *
 * <p>The steps are in {@code src/test/node/jsforce/session.mjs}. The client is installed by {@code npm ci} into {@code target}.
 */
class JsforceTest {
    private static final Path SOURCE = Path.of("src/test/node/jsforce");
    private static final Path TARGET = Path.of("target/jsforce");
    private static final int OLDEST_NODE = 18;

    @TestFactory
    List<DynamicTest> everyStepOfTheSession() throws IOException, InterruptedException {
        assumeTrue(onPath("node") && onPath("npm"), "node and npm are not on the path");
        Files.createDirectories(TARGET);
        int node = Integer.parseInt(run(20, "node", "--version").strip().replaceFirst("v(\\d+).*", "$1"));
        assumeTrue(node >= OLDEST_NODE, "node " + node + " is older than jsforce wants");
        install();
        List<DynamicTest> tests = new ArrayList<>();
        try (SalesforceSandbox sandbox = SalesforceSandbox.start()) {
            String output = run(120, "node", "session.mjs", sandbox.uri().toString());
            for (String line :
                    output.lines().filter(each -> each.startsWith("{")).toList()) {
                JsonNode step = new ObjectMapper().readTree(line);
                tests.add(dynamicTest(
                        step.path("step").asText(),
                        () -> assertThat(step.path("error").asText("")).isEmpty()));
            }
            assertThat(tests).as(output).isNotEmpty();
        }
        return tests;
    }

    private static void install() throws IOException, InterruptedException {
        String lock = Files.readString(SOURCE.resolve("package-lock.json"));
        Path installed = TARGET.resolve("package-lock.json");
        boolean same = Files.exists(TARGET.resolve("installed"))
                && Files.exists(installed)
                && Files.readString(installed).equals(lock);
        for (String file : List.of("package.json", "package-lock.json", "session.mjs")) {
            Files.copy(SOURCE.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!same) {
            run(300, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
            Files.writeString(TARGET.resolve("installed"), "");
        }
    }

    /** Standard output of a command that must succeed. */
    private static String run(int seconds, String... command) throws IOException, InterruptedException {
        Path output = TARGET.resolve("output.txt");
        Path errors = TARGET.resolve("errors.txt");
        Process process = new ProcessBuilder(command)
                .directory(TARGET.toFile())
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
