package io.penstock.node.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs of pgbench. */
final class Pgbench {
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");
    private static final Pattern TRANSACTIONS = Pattern.compile("actually processed: ([0-9]+)");

    /** Which part of the transactions is written down one by one. */
    private static final double SAMPLE = 0.2;

    private Pgbench() {}

    /** Fills its tables. */
    static void initialise(Target target, int scale) throws IOException, InterruptedException {
        run(target, "-i", "-q", "-s", "" + scale);
    }

    /**
     * Runs for some seconds.
     *
     * @return {@code tps}, {@code p50 ms}, {@code p99 ms}, {@code p99.9 ms}, and {@code cpu us}: the target's processor time for each
     *     transaction, which a noisy machine changes less than the others
     */
    static Map<String, Double> measure(Target target, int clients, int seconds, String... options)
            throws IOException, InterruptedException {
        Path log = Files.createTempDirectory("pgbench-");
        try {
            List<String> all = new ArrayList<>(List.of(options));
            all.addAll(List.of("-n", "-c", "" + clients, "-j", "" + Math.min(2, clients), "-T", "" + seconds));
            all.addAll(List.of("-l", "--sampling-rate=" + SAMPLE, "--log-prefix=" + log.resolve("t")));
            Duration before = target.processorTime();
            String said = run(target, all.toArray(String[]::new));
            double micros = target.processorTime().minus(before).toNanos() / 1_000.0;
            Map<String, Double> measured = new LinkedHashMap<>();
            measured.put("tps", number(TPS, said));
            double[] latencies = latencies(log);
            measured.put("p50 ms", quantile(latencies, 0.5));
            measured.put("p99 ms", quantile(latencies, 0.99));
            measured.put("p99.9 ms", quantile(latencies, 0.999));
            if (target.process() != null) {
                measured.put("cpu us", micros / number(TRANSACTIONS, said));
            }
            return measured;
        } finally {
            try (Stream<Path> files = Files.list(log)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(log);
        }
    }

    private static double[] latencies(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        // client, transaction, microseconds, ...
        return lines.stream()
                .mapToDouble(line -> Double.parseDouble(line.split(" ", 4)[2]) / 1_000)
                .sorted()
                .toArray();
    }

    private static double quantile(double[] sorted, double which) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) (which * (sorted.length - 1))];
    }

    private static double number(Pattern pattern, String said) throws IOException {
        Matcher matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw new IOException("pgbench said: " + said);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static String run(Target target, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "pgbench",
                "-h",
                "127.0.0.1",
                "-p",
                "" + target.port(),
                "-U",
                target.setup().user()));
        command.addAll(Arrays.asList(options));
        command.add(Target.DATABASE);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", Setup.PASSWORD);
        builder.environment().put("PGSSLMODE", target.setup().tls() ? "require" : "disable");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0 || said.contains("aborted")) {
            throw new IOException(said.lines()
                    .filter(line -> line.contains("error"))
                    .findFirst()
                    .orElse(said.strip()));
        }
        return said;
    }
}
