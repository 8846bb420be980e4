package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
 * The mutation contract through npm {@code pg}. The steps are in {@code src/test/resources/clients/node-postgres/session.mjs}; the client is
 * installed by {@code npm ci} into {@code target}.
 */
class NodePostgresTest {
    private static final Path SOURCE = Path.of("src/test/resources/clients/node-postgres");
    private static final Path TARGET = Path.of("target/node-postgres");

    @TestFactory
    List<DynamicTest> everyStepOfTheSession() throws IOException, InterruptedException {
        List<String> missing = PsqlTest.missing("node", "npm");
        assumeTrue(missing.isEmpty(), "not on the path: " + missing);
        install();
        PenstockFixture penstock = PenstockFixture.shared();
        String output = run(
                120,
                "node",
                "session.mjs",
                Integer.toString(penstock.address().getPort()),
                "contract",
                penstock.name("Node"));
        List<DynamicTest> tests = new ArrayList<>();
        for (String line : output.lines().filter(each -> each.startsWith("{")).toList()) {
            JsonNode step = new ObjectMapper().readTree(line);
            tests.add(dynamicTest(
                    step.path("step").asText(),
                    () -> assertThat(step.path("error").asText("")).isEmpty()));
        }
        assertThat(tests).as(output).hasSizeGreaterThanOrEqualTo(11);
        assertThat(penstock.agreement().differences()).isEmpty();
        return tests;
    }

    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(TARGET);
        String lock = Files.readString(SOURCE.resolve("package-lock.json"));
        Path installed = TARGET.resolve("installed");
        boolean same = Files.exists(installed) && Files.readString(installed).equals(lock);
        for (String file : List.of("package.json", "package-lock.json", "session.mjs")) {
            Files.copy(SOURCE.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!same) {
            run(300, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
            Files.writeString(installed, lock);
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
}
