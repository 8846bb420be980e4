package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.penstock.adapters.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** GitHub's published schema, and graphql-js that knows what fits it: see {@code src/test/node/github/validate.mjs}. */
public final class PublishedSchema {
    private static final Path HOME = Path.of("target/github");

    private final Path sources;

    /** @param module where this module is, from the one whose tests run */
    public PublishedSchema(Path module) {
        this.sources = module.resolve("src/test/node/github");
    }

    /** Whether this machine has what the check needs. */
    public static boolean isAvailable() {
        return onPath("node") && onPath("npm");
    }

    private static boolean onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** What is wrong with each of the requests, or an empty text. */
    public List<String> problems(List<String> bodies) throws IOException, InterruptedException {
        Files.createDirectories(HOME);
        for (String file : List.of("package.json", "package-lock.json", "validate.mjs")) {
            Files.copy(sources.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(HOME.resolve("node_modules/@octokit/graphql-schema"))) {
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        }
        Files.writeString(HOME.resolve("requests.jsonl"), String.join("\n", bodies));
        if (!(Json.read(run("node", "validate.mjs", "requests.jsonl")) instanceof ArrayNode problems)
                || problems.size() != bodies.size()) {
            throw new IOException("not an answer for each request");
        }
        List<String> texts = new ArrayList<>();
        problems.forEach(each -> texts.add(each.asText()));
        return texts;
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
