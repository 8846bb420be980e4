package io.penstock.node.bench;

import io.penstock.node.backend.TestPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Compares Penstock, a PgBouncer that is on the path and a direct connection. In each cell they take turns, so that a noisy machine is
 * noisy for all; ratios are those of one turn.
 */
@Command(
        name = "bench/relay",
        mixinStandardHelpOptions = true,
        description = "What the relay costs: Penstock, PgBouncer and a direct connection in turn.")
final class RelayBench implements Callable<Integer> {
    private static final int SCALE = 20;

    @Option(names = "--cells", description = "Only cells whose names match (a regular expression); --list shows all.")
    private Pattern cells = Pattern.compile(".*");

    @Option(names = "--list", description = "Show the names of the cells and end.")
    private boolean list;

    @Option(names = "--rounds", description = "Turns of each cell (${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--seconds", description = "Length of a turn (${DEFAULT-VALUE}).")
    private int seconds = 5;

    @Option(
            names = "--warm",
            description =
                    "Seconds of ordinary load before a setup's first cell (${DEFAULT-VALUE}): a JVM that has just started compiles on the same cores.")
    private int warm = 30;

    @Option(names = "--megabytes", description = "Size of the large results (${DEFAULT-VALUE}).")
    private int megabytes = 1_024;

    @Option(names = "--idle", description = "Clients that do nothing (${DEFAULT-VALUE}).")
    private int idle = 10_000;

    @Option(names = "--targets", split = ",", description = "Who takes part (${DEFAULT-VALUE}).")
    private List<String> targets = List.of("direct", "pgbouncer", "penstock");

    @Option(names = "--penstock", description = "The command that starts Penstock (${DEFAULT-VALUE}).")
    private String penstock = "./penstock";

    @Option(names = "--home", hidden = true)
    private Path home = Path.of(".").toAbsolutePath();

    private RelayBench() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RelayBench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        List<Cell> chosen = Cell.all().stream()
                .filter(cell -> cells.matcher(cell.name()).find())
                .toList();
        if (list) {
            chosen.forEach(cell -> System.out.println(cell.name()));
            return 0;
        }
        if (!present("pgbench") || (targets.contains("pgbouncer") && !present("pgbouncer"))) {
            System.err.println(
                    "bench/relay: pgbench and pgbouncer must be on the path (Debian: postgresql-contrib, pgbouncer);"
                            + " without PgBouncer say --targets direct,penstock");
            return 2;
        }
        System.out.printf(
                "%d cores, %d rounds of %d s; value: median [smallest..largest]; ratios turn by turn%n",
                Runtime.getRuntime().availableProcessors(), rounds, seconds);
        try (TestPostgres postgres = TestPostgres.start(Map.of("max_connections", "700", "shared_buffers", "512MB"))) {
            postgres.sql(Bulk.tables());
            postgres.hba("host all bench 127.0.0.1/32 scram-sha-256");
            Setup plain = new Setup(Setup.Login.TRUST, Setup.Mode.SESSION, 1);
            Pgbench.initialise(new Target("direct", postgres.address().port(), plain, null), SCALE);
            try (Fronts fronts = new Fronts(postgres, home, penstock)) {
                run(chosen, fronts);
            }
        }
        return 0;
    }

    private void run(List<Cell> chosen, Fronts fronts) throws IOException {
        Map<String, Target> running = new HashMap<>();
        Map<String, Exception> notRunning = new HashMap<>();
        Setup now = null;
        for (Cell cell : chosen) {
            if (!cell.setup().equals(now)) {
                now = cell.setup();
                fronts.close();
                running.clear();
                notRunning.clear();
                for (String target : targets) {
                    try {
                        Target started = fronts.start(target, now);
                        running.put(target, started);
                        warm(started);
                    } catch (IOException failure) {
                        notRunning.put(target, failure);
                    }
                }
            }
            Results results = new Results();
            notRunning.forEach(results::failed);
            // The first turn is for the compiler and the caches, and not counted.
            for (int round = -1; round < rounds; round++) {
                for (String target : targets) {
                    turn(cell, target, running, results, round >= 0);
                }
            }
            results.lines(cell.name()).forEach(System.out::println);
        }
    }

    private void warm(Target target) throws IOException {
        if (target.process() == null || target.setup().login() != Setup.Login.TRUST) {
            return;
        }
        try {
            for (String protocol : List.of("simple", "extended", "prepared")) {
                Pgbench.measure(target, 16, Math.max(1, warm / 3), "-b", "select-only", "-M", protocol);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException notAll) {
            // PgBouncer before 1.21 knows no prepared statements in transaction mode: its cells say so.
            System.err.println("warming " + target.name() + ": " + notAll.getMessage());
        }
    }

    private void turn(Cell cell, String name, Map<String, Target> running, Results results, boolean counts) {
        Target target = running.get(name);
        if (target == null || results.hasFailed(name)) {
            return;
        }
        Options options = new Options(seconds, megabytes, idle);
        try {
            Map<String, Double> measured = cell.load().run(target, counts ? options : options.warm());
            if (counts) {
                results.add(name, measured);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            results.failed(name, interrupted);
        } catch (Exception failure) {
            results.failed(name, failure);
        }
    }

    private static boolean present(String program) throws InterruptedException {
        try {
            Process asking = new ProcessBuilder(program, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            asking.waitFor();
            return true;
        } catch (IOException absent) {
            return false;
        }
    }
}
