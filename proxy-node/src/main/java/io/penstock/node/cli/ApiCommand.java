package io.penstock.node.cli;

import io.penstock.adapters.definition.BuiltIn;
import io.penstock.adapters.definition.Definition;
import io.penstock.adapters.definition.DefinitionReader;
import io.penstock.adapters.definition.yaml.Mistake;
import io.penstock.adapters.openapi.ImportRefused;
import io.penstock.adapters.openapi.OpenApiImport;
import io.penstock.node.api.DefinitionFile;
import io.penstock.sandbox.HelpdeskSandbox;
import io.penstock.sandbox.helpdesk.HelpdeskConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    /** Bytes; the largest published documents have eight million. */
    private static final int LONGEST_DOCUMENT = 64 << 20;

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

    /** What an API says about itself, as the beginning of a definition. */
    @Command(
            name = "import",
            description =
                    "Write a first draft of a definition, of an API's OpenAPI document (3.0 or 3.1, JSON or YAML).",
            mixinStandardHelpOptions = true)
    int importOpenApi(
            @Parameters(paramLabel = "FILE", description = "The document.") Path file,
            @Option(names = "--path", paramLabel = "PATH", description = "The path of the records, such as /contacts.")
                    @Nullable
                    String path,
            @Option(names = "--out", paramLabel = "FILE", description = "Where to write; standard output without it.")
                    @Nullable
                    Path out)
            throws IOException {
        if (out != null && Files.exists(out)) {
            System.err.println("penstock: " + out + " is there already, and is not written over");
            return CommandLine.ExitCode.SOFTWARE;
        }
        OpenApiImport.Draft draft;
        try {
            draft = OpenApiImport.draft(DefinitionFile.text(file, LONGEST_DOCUMENT), path);
        } catch (ImportRefused refused) {
            System.err.println("penstock: " + file + ": " + refused.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (out == null) {
            System.out.print(draft.yaml());
        } else {
            Files.writeString(out, draft.yaml(), StandardOpenOption.CREATE_NEW);
        }
        String where = out == null ? "the draft" : out.toString();
        System.err.println("penstock: " + where + " leaves " + draft.decisions()
                + " things to a person: the lines that say decide");
        if (DefinitionReader.read(draft.yaml()) instanceof DefinitionReader.Outcome.Wrong(List<Mistake> mistakes)) {
            mistakes.forEach(mistake -> System.err.println("penstock: " + where + ": " + mistake));
        }
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
