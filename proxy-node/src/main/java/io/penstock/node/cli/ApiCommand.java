package io.penstock.node.cli;

import io.penstock.adapters.definition.BuiltIn;
import io.penstock.adapters.definition.Definition;
import io.penstock.adapters.definition.DefinitionReader;
import io.penstock.adapters.definition.yaml.Mistake;
import io.penstock.node.api.DefinitionFile;
import io.penstock.sandbox.HelpdeskSandbox;
import io.penstock.sandbox.helpdesk.HelpdeskConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code penstock api ...}: definitions of APIs. */
@Command(
        name = "api",
        description = "Check a definition of an API, show one that comes with Penstock, or run an API to try one on.",
        mixinStandardHelpOptions = true)
final class ApiCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return CommandLine.ExitCode.USAGE;
    }

    /** Everything that is wrong with a file, each with its line. */
    @Command(
            name = "check",
            description = "Print everything that is wrong with a definition.",
            mixinStandardHelpOptions = true)
    int check(@Parameters(paramLabel = "FILE", description = "The definition, in YAML.") Path file) throws IOException {
        return switch (DefinitionFile.read(file)) {
            case DefinitionReader.Outcome.Read(Definition definition) -> {
                System.out.println(file + ": no problems; " + definition.summary());
                yield CommandLine.ExitCode.OK;
            }
            case DefinitionReader.Outcome.Wrong(List<Mistake> mistakes) -> {
                mistakes.forEach(mistake -> System.err.println(file + ": " + mistake));
                yield CommandLine.ExitCode.SOFTWARE;
            }
        };
    }

    /** A definition to read, or to begin an own one with. */
    @Command(
            name = "show",
            description = "Print the definition of an API that comes with Penstock.",
            mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "NAME", description = "hubspot, airtable or stripe") String name) {
        if (!BuiltIn.NAMES.contains(name)) {
            System.err.println("no definition of " + name + "; there are " + String.join(", ", BuiltIn.NAMES));
            return CommandLine.ExitCode.SOFTWARE;
        }
        System.out.print(BuiltIn.text(name));
        return CommandLine.ExitCode.OK;
    }

    /** An API that Penstock knows nothing of. */
    @Command(
            name = "example",
            description = "Run the helpdesk of docs/add-an-api.md, until Ctrl-C.",
            mixinStandardHelpOptions = true)
    int example(
            @Option(
                            names = "--port",
                            defaultValue = "8070",
                            paramLabel = "PORT",
                            description = "8070; 0 takes a free one")
                    int port) {
        try (HelpdeskSandbox helpdesk =
                HelpdeskSandbox.start(HelpdeskConfig.defaults().withPort(port))) {
            System.out.println("the helpdesk is at " + helpdesk.uri() + ", its key is "
                    + helpdesk.config().key());
            helpdesk.awaitClosed();
        }
        return CommandLine.ExitCode.OK;
    }
}
