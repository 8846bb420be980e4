package io.penstock.node.crash;

import io.penstock.adapters.Operation;
import io.penstock.node.CrashingNode;
import io.penstock.node.mutation.CrashPoints.CrashPoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One life of a {@link CrashingNode}. */
final class NodeProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final int port;

    private NodeProcess(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::read);
        port = Integer.parseInt(await("ready ").substring("ready ".length()));
    }

    /** Returns when the node takes clients and has fetched its tables. */
    static NodeProcess start(Path settings, Path folder) throws IOException {
        String classPath = JarredClassPath.of(
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), folder);
        return new NodeProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + folder.resolve("node.jsa"),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        classPath,
                        CrashingNode.class.getName(),
                        settings.toString(),
                        folder.toString())
                .redirectErrorStream(true)
                .start());
    }

    int port() {
        return port;
    }

    /** The next mutation of this kind to pass the point will stay there. */
    void stopAt(CrashPoint point, Operation operation) {
        say("stop " + point + " " + operation);
        await("will stop");
    }

    void awaitStopped() {
        await("at ");
    }

    void goOn() {
        say("go");
        await("went on");
    }

    /** As kill -9 does it. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a killed process lives on");
        }
    }

    /** Ends it in good order, so that it leaves an archive of its classes: those that come after it start in half the time. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a node does not end\n" + log());
        }
    }

    /** All that it has printed. */
    String log() {
        return String.join("\n", log);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    private void say(String command) {
        try {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(log(), gone);
        }
    }

    private String await(String beginning) {
        try {
            String line = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null || !line.startsWith(beginning)) {
                throw new IllegalStateException("the node said " + line + " instead of " + beginning + "\n" + log());
            }
            return line;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("crash: ")) {
                    told.add(line.substring("crash: ".length()));
                } else {
                    log.add(line);
                }
            }
            told.add("nothing any more");
        } catch (IOException killed) {
            told.add("nothing any more");
        }
    }
}
