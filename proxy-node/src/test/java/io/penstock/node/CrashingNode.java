package io.penstock.node;

import io.penstock.adapters.Operation;
import io.penstock.config.PenstockSettings;
import io.penstock.node.mutation.CrashPoints;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node as a process of its own that stops where a test wants it to, so that the test can kill it, Postgres or the client just then.
 *
 * <pre>
 * standard input                        standard output
 * stop POINT TABLE:OPERATION ...        crash: will stop
 *                                       crash: at POINT        (once one mutation of each kind has come; each waits)
 * go                                    crash: went on
 * race NUMBER TABLE:OPERATION ...       crash: will stop       (they wait for one another at BEFORE_COMMIT, then go on;
 *                                                              when so many have come to AT_COMMIT the process halts)
 * </pre>
 *
 * A mutation that waits holds up no thread: all others go on.
 */
public final class CrashingNode implements CrashPoints {
    private static final Gate NOWHERE = new Gate(CrashPoint.BEFORE_INTENT, List.of(), false);

    private volatile Gate gate = NOWHERE;
    private final AtomicInteger beforeTheEnd = new AtomicInteger(Integer.MAX_VALUE);

    /** Where mutations wait: the first of each kind to come. */
    private static final class Gate {
        private final CrashPoint point;
        private final Set<String> awaited = ConcurrentHashMap.newKeySet();
        private final Set<String> kinds;
        private final AtomicInteger missing;
        private final boolean opensByItself;
        private final CompletableFuture<Boolean> open = new CompletableFuture<>();

        Gate(CrashPoint point, List<String> kinds, boolean opensByItself) {
            this.point = point;
            this.kinds = Set.copyOf(kinds);
            this.awaited.addAll(kinds);
            this.missing = new AtomicInteger(kinds.size());
            this.opensByItself = opensByItself;
        }

        boolean stops(CrashPoint passed, String kind) {
            return passed == point && awaited.remove(kind);
        }

        CompletionStage<?> arrived() {
            if (missing.decrementAndGet() == 0) {
                if (opensByItself) {
                    open.complete(true);
                } else {
                    System.out.println("crash: at " + point);
                }
            }
            return open;
        }
    }

    private CrashingNode() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        PenstockSettings settings = TestSettings.read(Files.readString(file), Path.of(arguments[1]), System::getenv);
        CrashingNode crashing = new CrashingNode();
        Node node = Node.start(settings, crashing);
        node.awaitFilled(Duration.ofMinutes(2));
        System.out.println("crash: ready " + node.listenAddress().getPort());
        crashing.listen();
        // The test has ended in whatever way; its node must not outlive it.
        Runtime.getRuntime().halt(1);
    }

    @Override
    public CompletionStage<?> passing(CrashPoint point, String table, Operation operation) {
        Gate stop = gate;
        String kind = table + ":" + operation;
        if (stop.stops(point, kind)) {
            return stop.arrived();
        }
        if (point == CrashPoint.AT_COMMIT && stop.kinds.contains(kind) && beforeTheEnd.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(137);
        }
        return NONE.passing(point, table, operation);
    }

    private void listen() throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            List<String> command = Arrays.asList(line.split(" "));
            switch (command.getFirst()) {
                case "go" -> {
                    gate.open.complete(true);
                    System.out.println("crash: went on");
                }
                case "stop" -> {
                    gate = new Gate(CrashPoint.valueOf(command.get(1)), command.subList(2, command.size()), false);
                    System.out.println("crash: will stop");
                }
                case "race" -> {
                    beforeTheEnd.set(Integer.parseInt(command.get(1)));
                    gate = new Gate(CrashPoint.BEFORE_COMMIT, command.subList(2, command.size()), true);
                    System.out.println("crash: will stop");
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
    }
}
