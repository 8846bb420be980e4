package io.penstock.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Large results and copies. */
final class Bulk {
    private static final double MEGABYTE = 1 << 20;

    private Bulk() {}

    /** What the measurements read and write. */
    static String tables() {
        return """
            create table wide as select repeat('x', 1000) as v from generate_series(1, 1000);
            create unlogged table sink (v text);
            create role bench login password '%s'
            """.formatted(Setup.PASSWORD);
    }

    /** About a megabyte for each number: a thousand rows, so that Postgres has as little as possible to do for them. */
    private static String rows(Options options) {
        return "select v from generate_series(1, " + options.megabytes() + "), wide";
    }

    static Map<String, Double> result(Target target, Options options) throws IOException {
        return measure(target, client -> client.query(rows(options)));
    }

    static Map<String, Double> copyOut(Target target, Options options) throws IOException {
        return measure(target, client -> client.query("copy (" + rows(options) + ") to stdout"));
    }

    static Map<String, Double> copyIn(Target target, Options options) throws IOException {
        long bytes = (long) (options.megabytes() * MEGABYTE);
        return measure(target, client -> {
            client.query("truncate sink");
            client.copyIn("copy sink from stdin", bytes);
            client.query("truncate sink");
            return bytes;
        });
    }

    /** Moves bytes over a client's connection. */
    @FunctionalInterface
    private interface Moving {
        long move(WireLoad client) throws IOException;
    }

    private static Map<String, Double> measure(Target target, Moving moving) throws IOException {
        try (WireLoad client = WireLoad.loggedIn(target)) {
            Duration before = target.processorTime();
            long began = System.nanoTime();
            double megabytes = moving.move(client) / MEGABYTE;
            double seconds = (System.nanoTime() - began) / 1e9;
            Map<String, Double> measured = new LinkedHashMap<>();
            measured.put("MiB/s", megabytes / seconds);
            if (target.process() != null) {
                measured.put("cpu ms/MiB", target.processorTime().minus(before).toNanos() / 1e6 / megabytes);
            }
            return measured;
        }
    }

    /** A script for pgbench that does next to nothing. */
    static String selectOne() throws IOException {
        Path script = Files.createTempFile("select-one-", ".sql");
        script.toFile().deleteOnExit();
        return Files.writeString(script, "select 1;\n").toString();
    }
}
