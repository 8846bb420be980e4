package io.penstock.node.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.node.transport.Binding;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.TestLoops;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the transport itself costs: pgbench select-only directly, through {@link RelayStage} on each kind of event loop, and through
 * PgBouncer in session mode where it is on the path. Targets take turns, so that a noisy machine is noisy for all; the processor time for
 * each transaction is steadier than the throughput. {@code bench/transport} runs it.
 */
final class TransportBench {
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");
    private static final Pattern TRANSACTIONS = Pattern.compile("actually processed: ([0-9]+)");

    /** Where pgbench connects, and whose processor time is looked at. */
    private record Target(String name, int port, @Nullable ProcessHandle process) {}

    /** One run of pgbench. */
    private record Run(double tps, double microsPerTransaction) {}

    private TransportBench() {}

    public static void main(String[] arguments) throws Exception {
        int clients = Integer.getInteger("clients", 16);
        int seconds = Integer.getInteger("seconds", 5);
        int rounds = Integer.getInteger("rounds", 3);
        List<TestLoops> started = new ArrayList<>();
        @Nullable Process bouncer = null;
        try (TestPostgres postgres = TestPostgres.start()) {
            List<Target> targets = new ArrayList<>();
            targets.add(new Target("direct", postgres.address().port(), null));
            for (IoKind kind : IoKind.values()) {
                if (kind.available() && System.getProperty("kinds", "EPOLL").contains(kind.name())) {
                    TestLoops loops = TestLoops.start(kind);
                    started.add(loops);
                    ServerConnector connector =
                            new ServerConnector(loops.loops, Duration.ofSeconds(5), Duration.ofSeconds(5));
                    Binding binding =
                            loops.listen(client -> RelayTest.relay(loops, connector, postgres.address(), client));
                    targets.add(
                            new Target("relay " + kind, binding.localAddress().getPort(), ProcessHandle.current()));
                }
            }
            int bouncerPort = freePort();
            bouncer = pgBouncer(postgres.address().port(), bouncerPort);
            if (bouncer != null) {
                targets.add(new Target("pgbouncer", bouncerPort, bouncer.toHandle()));
            }
            run(
                    List.of(
                            "pgbench",
                            "-h",
                            "127.0.0.1",
                            "-p",
                            "" + postgres.address().port(),
                            "-U",
                            "postgres"),
                    "-i",
                    "-q",
                    "-s",
                    "10");
            for (String mode : List.of("simple", "extended", "prepared")) {
                compare(mode, targets, clients, seconds, rounds);
            }
        } finally {
            if (bouncer != null) {
                bouncer.destroy();
            }
            for (TestLoops loops : started) {
                loops.close();
            }
        }
    }

    private static void compare(String mode, List<Target> targets, int clients, int seconds, int rounds)
            throws IOException, InterruptedException {
        for (Target target : targets) {
            pgbench(target, mode, clients, seconds); // until the compiler has seen it
        }
        Map<Target, List<Run>> results = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Target target : targets) {
                results.computeIfAbsent(target, _ -> new ArrayList<>()).add(pgbench(target, mode, clients, seconds));
            }
        }
        double direct = median(results.get(targets.getFirst()), Run::tps);
        results.forEach((target, runs) -> System.out.printf(
                Locale.ROOT,
                "%-9s %-15s %7.0f tps  %.2f of direct  %5.1f us of processor time for each transaction%n",
                mode,
                target.name(),
                median(runs, Run::tps),
                median(runs, Run::tps) / direct,
                median(runs, Run::microsPerTransaction)));
    }

    private static Run pgbench(Target target, String mode, int clients, int seconds)
            throws IOException, InterruptedException {
        Duration before = processorTime(target);
        String said = run(
                List.of("pgbench", "-h", "127.0.0.1", "-p", "" + target.port(), "-U", "postgres"),
                "-S",
                "-n",
                "-M",
                mode,
                "-c",
                "" + clients,
                "-T",
                "" + seconds);
        double micros = processorTime(target).minus(before).toNanos() / 1_000.0;
        return new Run(number(TPS, said), micros / number(TRANSACTIONS, said));
    }

    private static Duration processorTime(Target target) {
        return target.process() == null
                ? Duration.ZERO
                : target.process().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** PgBouncer in front of the same server, or null where there is none. */
    private static @Nullable Process pgBouncer(int serverPort, int port) throws IOException {
        Path folder = Files.createTempDirectory("relay-bench");
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        Path users = Files.writeString(folder.resolve("users"), "\"postgres\" \"\"\n");
        Path settings = Files.writeString(folder.resolve("pgbouncer.ini"), """
            [databases]
            postgres = host=127.0.0.1 port=%d
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = trust
            auth_file = %s
            pool_mode = session
            default_pool_size = 90
            max_client_conn = 1000
            """.formatted(serverPort, port, users));
        try {
            return new ProcessBuilder("pgbouncer", "-q", "-u", "nobody", settings.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
        } catch (IOException absent) {
            return null;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static double number(Pattern pattern, String said) {
        Matcher matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw new IllegalStateException(said);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static double median(@Nullable List<Run> runs, ToDoubleFunction<Run> value) {
        double[] sorted = Objects.requireNonNull(runs).stream()
                .mapToDouble(value)
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }

    private static String run(List<String> command, String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(options));
        all.add("postgres");
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
        return said;
    }
}
