package io.penstock.node.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code penstock version}. */
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        String version = Penstock.class.getPackage().getImplementationVersion();
        System.out.println("penstock " + (version == null ? "0.1.0-SNAPSHOT" : version) + ", Java "
                + Runtime.version().feature());
        return 0;
    }
}
