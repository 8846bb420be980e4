package io.penstock.node.apis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** GitHub's published schema, by the script that the adapter's own tests use; where node and npm are not on the path nothing is checked. */
final class GitHubSchema {
    private static final Path SOURCES = Path.of("..", "adapters", "src", "test", "node", "github");
    private static final Path HOME = Path.of("target", "github");
    private static final ObjectMapper JSON = new ObjectMapper();

    private GitHubSchema() {}

    /** What is wrong with these bodies of requests. */
    static List<String> problems(List<String> bodies) throws IOException, InterruptedException {
        if (!onPath("node") || !onPath("npm")) {
            System.out.println("documents to github not checked: node and npm are not on the path");
            return List.of();
        }
        Files.createDirectories(HOME);
        for (String file : List.of("package.json", "package-lock.json", "validate.mjs")) {
            Files.copy(SOURCES.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(HOME.resolve("node_modules/@octokit/graphql-schema"))) {
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        }
        List<String> lines = new ArrayList<>();
        for (String body : bodies) {
            ObjectNode request = (ObjectNode) JSON.readTree(body);
            if (!request.has("variables")) {
                request.putObject("variables");
            }
            lines.add(request.toString());
        }
        Files.writeString(HOME.resolve("requests.jsonl"), String.join("\n", lines));
        JsonNode answers = JSON.readTree(run("node", "validate.mjs", "requests.jsonl"));
        if (answers.size() != bodies.size()) {
            throw new IOException("not an answer for each request");
        }
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            if (!answers.get(i).asText().isEmpty()) {
                problems.add(answers.get(i).asText() + " in " + bodies.get(i));
            }
        }
        System.out.println("documents to github checked: " + bodies.size() + ", violations: " + problems.size());
        return problems;
    }

    private static boolean onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static byte[] run(String... command) throws IOException, InterruptedException {
        Path output = HOME.resolve("output.json");
        Process process = new ProcessBuilder(command)
                .directory(HOME.toFile())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " failed");
        }
        return Files.readAllBytes(output);
    }
}
