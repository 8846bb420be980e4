package io.penstock.node.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A JVM with the class path of the tests and little heap. It is told lines, and what it tells has a word in front that its log has not. */
public final class ChildJvm implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;

    private final Process process;
    private final String word;
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    private ChildJvm(Process process, String word) {
        this.process = process;
        this.word = word;
        Thread.ofVirtual().start(this::read);
    }

    /**
     * Those that share a folder share an archive of their classes, once one of them has ended in good order.
     *
     * @param word in front of what it tells
     * @param heap MiB at most
     */
    public static ChildJvm start(Class<?> main, String word, int heap, Path folder, String... arguments)
            throws IOException {
        String classPath = JarredClassPath.of(
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), folder);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + folder.resolve("node.jsa"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                main.getName()));
        command.addAll(List.of(arguments));
        return new ChildJvm(
                new ProcessBuilder(command).redirectErrorStream(true).start(), word);
    }

    public void say(String command) {
        try {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(log(), gone);
        }
    }

    /** The next thing that it tells, which must begin so. @return what follows */
    public String await(String beginning) {
        try {
            String line = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null || !line.startsWith(beginning)) {
                throw new IllegalStateException("the node said " + line + " instead of " + beginning + "\n" + log());
            }
            return line.substring(beginning.length());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** As kill -9 does it. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP: it stands still and does not know. */
    public void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", name, String.valueOf(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill " + name + " did not work");
        }
    }

    /** Its standard input ends. */
    void closeInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Returns when it has ended. @return its exit code */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a node lives on\n" + log());
        }
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** All that it has printed beside what it was to tell. */
    public String log() {
        return String.join("\n", log);
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(word)) {
                    told.add(line.substring(word.length()));
                } else {
                    log.add(line);
                }
            }
            told.add("nothing any more");
        } catch (IOException killed) {
            told.add("nothing any more");
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
