package io.penstock.node.cli;

import io.penstock.config.PenstockSettings;
import io.penstock.node.Node;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code penstock run -c FILE}: one node, until it is told to stop. */
@Command(name = "run", description = "Run a node.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "penstock.conf")
    private Path file = Path.of("penstock.conf");

    @Override
    public Integer call() throws Exception {
        PenstockSettings settings = SettingsFile.read(file);
        if (settings == null) {
            return 1;
        }
        Node node = Node.start(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
        System.out.println("penstock: ready, clients connect to " + node.listenAddress());
        return node.awaitClosed() ? 0 : 1;
    }
}
