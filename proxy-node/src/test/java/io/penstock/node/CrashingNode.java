package io.penstock.node;

import io.penstock.adapters.Operation;
import io.penstock.config.PenstockSettings;
import io.penstock.config.reader.Reading;
import io.penstock.config.reader.SettingsReader;
import io.penstock.node.mutation.CrashPoints;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * A node as a process of its own that stops where a test wants it to, so that the test can kill it, Postgres or the client just then.
 *
 * <pre>
 * standard input            standard output
 * stop POINT OPERATION      crash: will stop
 *                           crash: at POINT        (the mutation's thread waits)
 * go                        crash: went on
 * </pre>
 */
public final class CrashingNode implements CrashPoints {
    private volatile String stop = "";
    private final Semaphore go = new Semaphore(0);

    private CrashingNode() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        PenstockSettings settings =
                switch (SettingsReader.read(Files.readString(file), Path.of(arguments[1]), System::getenv)) {
                    case Reading.Valid(PenstockSettings valid) -> valid;
                    case Reading.Invalid(var mistakes) -> throw new IllegalArgumentException(mistakes.toString());
                };
        CrashingNode crashing = new CrashingNode();
        Node node = Node.start(settings, crashing);
        node.awaitFilled(Duration.ofMinutes(2));
        System.out.println("crash: ready " + node.listenAddress().getPort());
        crashing.listen();
        // The test has ended in whatever way; its node must not outlive it.
        Runtime.getRuntime().halt(1);
    }

    @Override
    public void passing(CrashPoint point, Operation operation) {
        if (stop.equals(point + " " + operation)) {
            stop = "";
            System.out.println("crash: at " + point);
            go.acquireUninterruptibly();
            System.out.println("crash: went on");
        }
    }

    private void listen() throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals("go")) {
                go.release();
            } else {
                stop = command.substring("stop ".length());
                System.out.println("crash: will stop");
            }
        }
    }
}
