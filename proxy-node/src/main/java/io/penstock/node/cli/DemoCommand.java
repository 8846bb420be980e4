package io.penstock.node.cli;

import io.penstock.node.demo.Demo;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code penstock demo}: everything on this machine, nothing left behind. */
@Command(
        name = "demo",
        description = "Run an embedded Postgres, a Salesforce sandbox and one node, until Ctrl-C.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            defaultValue = "6432",
            description = "Where psql connects (default 6432, or any free port if it is taken).")
    private int port;

    @Option(
            names = "--latency",
            defaultValue = "0",
            paramLabel = "MS",
            description = "What each API request takes at least.")
    private int latency;

    @Override
    public Integer call() throws Exception {
        long began = System.nanoTime();
        Demo demo = Demo.start(port, Duration.ofMillis(latency));
        System.out.println(demo.welcome(Duration.ofNanos(System.nanoTime() - began)));
        demo.awaitClosed();
        return 0;
    }
}
