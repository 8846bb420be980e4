package io.penstock.node.cli;

import io.penstock.config.PenstockSettings;
import io.penstock.node.SyncTables;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code penstock sync ...}: the synced tables, and what their APIs describe. */
@Command(
        name = "sync",
        description = "Compare the synced tables with what their APIs describe, or make them so.",
        mixinStandardHelpOptions = true)
final class SyncCommand implements Callable<Integer> {
    /** What both take. */
    static final class Options {
        @Option(
                names = {"-c", "--config"},
                required = true,
                paramLabel = "FILE",
                description = "penstock.conf")
        private Path file = Path.of("");

        @Option(
                names = "--drop",
                paramLabel = "SCHEMA.TABLE.COLUMN",
                description =
                        "A column to drop, with all that it holds, if the API had it once and describes it no more."
                                + " May be repeated.")
        private List<String> drops = List.of();
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return CommandLine.ExitCode.USAGE;
    }

    @Command(
            name = "plan",
            description = "Print the SQL that apply would run, and what differs beyond that. Changes nothing.",
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                " 0:nothing to do",
                " 1:something could not be looked at",
                " 2:wrong usage",
                " 3:apply has something to do",
                " 4:nothing for apply, but something for a person"
            })
    int plan(@Mixin Options options) {
        return run(options, false, System.out, System.err);
    }

    @Command(
            name = "apply",
            description = "Create and alter the synced tables as plan prints it, each in a transaction.",
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {" 0:everything is done", " 1:something is not done", " 2:wrong usage"})
    int apply(@Mixin Options options) {
        return run(options, true, System.out, System.err);
    }

    private static int run(Options options, boolean change, PrintStream output, PrintStream errors) {
        PenstockSettings settings = SettingsFile.read(options.file);
        if (settings == null) {
            return CommandLine.ExitCode.SOFTWARE;
        }
        Set<String> named = new LinkedHashSet<>(options.drops);
        SyncScript script = new SyncScript(change, output::println, errors::println);
        try (SyncTables tables = new SyncTables(settings)) {
            if (change) {
                tables.apply(named, script);
            } else {
                tables.plan(named, script);
            }
        }
        return script.end();
    }
}
