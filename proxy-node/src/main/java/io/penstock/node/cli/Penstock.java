package io.penstock.node.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code penstock} command. */
@Command(
        name = "penstock",
        description = "A clustered PostgreSQL proxy that writes to SaaS APIs.",
        mixinStandardHelpOptions = false,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            SyncCommand.class,
            ApiCommand.class,
            VersionCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Penstock implements Callable<Integer> {
    private Penstock() {}

    public static void main(String[] arguments) {
        int status = new CommandLine(new Penstock())
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println("penstock: " + Failures.sentence(failure));
                    return 1;
                })
                .execute(arguments);
        System.exit(status);
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return CommandLine.ExitCode.USAGE;
    }
}
