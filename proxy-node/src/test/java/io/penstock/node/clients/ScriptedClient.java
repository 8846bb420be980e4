package io.penstock.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A client that is a script in another language. It prints one line of JSON for each of its steps: {@code {"step": name}}, with
 * {@code "error"} if something went wrong.
 *
 * @param folder where it runs
 */
public record ScriptedClient(Path folder) {
    private static final Path SCRIPTS = Path.of("src/test/resources/clients");

    /** npm {@code pg} with its scripts, in {@code target}; fetched by {@code npm ci} where that has not been done. */
    public static ScriptedClient nodePostgres() throws IOException, InterruptedException {
        ScriptedClient client = new ScriptedClient(Path.of("target/node-postgres"));
        Files.createDirectories(client.folder);
        Path source = SCRIPTS.resolve("node-postgres");
        String lock = Files.readString(source.resolve("package-lock.json"));
        Path installed = client.folder.resolve("installed");
        boolean same = Files.exists(installed) && Files.readString(installed).equals(lock);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, client.folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!same) {
            client.run(300, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
            Files.writeString(installed, lock);
        }
        return client;
    }

    /** The scripts for psycopg, where they are. */
    static ScriptedClient psycopg() {
        return new ScriptedClient(SCRIPTS.resolve("psycopg"));
    }

    /** The programs of this name on the path, in its order. */
    public static List<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(each -> !each.isEmpty())
                .map(each -> Path.of(each, program))
                .filter(Files::isExecutable)
                .toList();
    }

    /** The steps of a script as tests. @param atLeast how many of them there are */
    public List<DynamicTest> steps(int seconds, int atLeast, String... command)
            throws IOException, InterruptedException {
        String output = run(seconds, command);
        List<DynamicTest> tests = new ArrayList<>();
        for (String line : output.lines().filter(each -> each.startsWith("{")).toList()) {
            JsonNode step = new ObjectMapper().readTree(line);
            tests.add(dynamicTest(
                    step.path("step").asText(),
                    () -> assertThat(step.path("error").asText("")).isEmpty()));
        }
        assertThat(tests).as(output).hasSizeGreaterThanOrEqualTo(atLeast);
        return tests;
    }

    /** Standard output of a command that must succeed. */
    private String run(int seconds, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("penstock-client-", ".out");
        Path errors = Files.createTempFile("penstock-client-", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + " took longer than " + seconds + " s\n"
                        + Files.readString(output) + Files.readString(errors));
            }
            assertThat(process.exitValue())
                    .as(String.join(" ", command) + "\n" + Files.readString(output) + Files.readString(errors))
                    .isZero();
            return Files.readString(output);
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }
}
