package io.penstock.node.crash;

import io.penstock.node.CrashingNode;
import io.penstock.node.mutation.CrashPoints.CrashPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/** One life of a {@link CrashingNode}. */
final class NodeProcess implements AutoCloseable {
    private final ChildJvm jvm;
    private final int port;

    private NodeProcess(ChildJvm jvm) {
        this.jvm = jvm;
        this.port = Integer.parseInt(jvm.await("ready "));
    }

    /** Returns when the node takes clients and has fetched its tables. */
    static NodeProcess start(Path settings, Path folder) throws IOException {
        return new NodeProcess(
                ChildJvm.start(CrashingNode.class, "crash: ", 256, folder, settings.toString(), folder.toString()));
    }

    int port() {
        return port;
    }

    /** The next mutation of each of these kinds to pass the point will stay there. @param kinds each {@code schema.table:OPERATION} */
    void stopAt(CrashPoint point, Collection<String> kinds) {
        jvm.say("stop " + point + " " + String.join(" ", kinds));
        jvm.await("will stop");
    }

    /** The next mutations of these kinds will commit at the same time, and the process ends when so many of them have sent their COMMIT. */
    void raceToCommit(int number, Collection<String> kinds) {
        jvm.say("race " + number + " " + String.join(" ", kinds));
        jvm.await("will stop");
    }

    /** Returns when one mutation of each kind is there. */
    void awaitStopped() {
        jvm.await("at ");
    }

    void goOn() {
        jvm.say("go");
        jvm.await("went on");
    }

    /** As kill -9 does it. */
    void kill() throws InterruptedException {
        jvm.kill();
    }

    /** Ends it in good order, so that it leaves an archive of its classes: those that come after it start in half the time. */
    void end() throws IOException, InterruptedException {
        jvm.closeInput();
        jvm.awaitEnd();
    }

    /** Returns when it has ended of itself. */
    void awaitEnd() throws InterruptedException {
        jvm.awaitEnd();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
