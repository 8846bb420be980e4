package io.penstock.protocol.sql;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Postgres's own scanner and grammar, in a Node process: see {@code src/test/node/grammar.mjs}. */
final class GrammarOracle {
    private static final Path SOURCES = Path.of("src/test/node");
    private static final Path HOME = Path.of("target/grammar");

    /**
     * What the oracle sees in one text.
     *
     * @param tokens start and end of each token but comments
     * @param scan whether the scanner gave tokens, gave up, or gave what cannot be read
     * @param error the syntax error, or an empty string
     * @param statements the facts of each statement, by name
     */
    record Seen(List<Span> tokens, Scan scan, String error, List<Map<String, String>> statements) {}

    /** What became of the tokens. */
    enum Scan {
        DONE,
        GAVE_UP,
        UNREADABLE
    }

    private GrammarOracle() {}

    /** Whether this machine has what the oracle needs; installs it on first use. */
    static boolean isAvailable() throws IOException, InterruptedException {
        if (!runs("node", "--version") || !runs("npm", "--version")) {
            return false;
        }
        Files.createDirectories(HOME);
        for (String file : List.of("package.json", "package-lock.json", "grammar.mjs")) {
            Files.copy(SOURCES.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.exists(HOME.resolve("node_modules/libpg-query")) || runs("npm", "ci", "--no-audit", "--no-fund");
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Files.exists(HOME) ? HOME.toFile() : null)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /** Tokens and statements of the texts. */
    static List<Seen> look(List<String> texts) throws IOException, InterruptedException {
        return ask("all", texts);
    }

    /** Only the tokens of the texts, whether they are statements or not. */
    static List<Seen> scan(List<String> texts) throws IOException, InterruptedException {
        return ask("scan", texts);
    }

    private static List<Seen> ask(String what, List<String> texts) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("node", "grammar.mjs", what)
                .directory(HOME.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread feeder = Thread.ofVirtual().start(() -> feed(process, texts));
        List<Seen> seen = new ArrayList<>(texts.size());
        try (BufferedReader answers = process.inputReader(StandardCharsets.US_ASCII)) {
            answers.lines().map(GrammarOracle::parse).forEach(seen::add);
        }
        feeder.join();
        if (process.waitFor() != 0 || seen.size() != texts.size()) {
            throw new IOException("the oracle answered " + seen.size() + " of " + texts.size() + " texts");
        }
        return seen;
    }

    private static void feed(Process process, List<String> texts) {
        try (BufferedWriter questions = process.outputWriter(StandardCharsets.US_ASCII)) {
            for (String text : texts) {
                questions.write(HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)));
                questions.write('\n');
            }
        } catch (IOException broken) {
            // The oracle died; the reader notices that answers are missing.
            process.destroy();
        }
    }

    private static Seen parse(String line) {
        List<String> parts = Arrays.asList(line.split("\t", -1));
        String tokens = parts.getFirst().substring("tokens=".length());
        Scan scan = tokens.equals("!") ? Scan.GAVE_UP : tokens.equals("?") ? Scan.UNREADABLE : Scan.DONE;
        List<Map<String, String>> statements = new ArrayList<>();
        String error = "";
        for (String part : parts.subList(1, parts.size())) {
            if (part.startsWith("error=")) {
                error = part.substring("error=".length());
            } else {
                statements.add(facts(part));
            }
        }
        return new Seen(scan == Scan.DONE ? spans(tokens) : List.of(), scan, error, statements);
    }

    private static List<Span> spans(String tokens) {
        if (tokens.isEmpty()) {
            return List.of();
        }
        return Arrays.stream(tokens.split(",", -1))
                .map(token -> token.split(":", -1))
                .map(ends -> new Span(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])))
                .toList();
    }

    private static Map<String, String> facts(String part) {
        Map<String, String> facts = new HashMap<>();
        for (String fact : part.split(" ", -1)) {
            int equals = fact.indexOf('=');
            facts.put(fact.substring(0, equals), fact.substring(equals + 1));
        }
        return facts;
    }
}
