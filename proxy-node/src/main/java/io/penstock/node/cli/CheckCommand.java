package io.penstock.node.cli;

import io.penstock.config.ApiSettings;
import io.penstock.config.ApiType;
import io.penstock.config.AuthMode;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.node.api.DefinitionFile;
import io.penstock.node.install.DatabaseCheck;
import io.penstock.node.install.SignInCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code penstock check -c FILE}: what is wrong with the file and with its databases. Changes nothing. */
@Command(
        name = "check",
        description = "Check a settings file and the databases that it names.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "penstock.conf")
    private Path file = Path.of("penstock.conf");

    @Option(names = "--offline", description = "Check the file alone.")
    private boolean offline;

    @Override
    public Integer call() {
        PenstockSettings settings = SettingsFile.read(file);
        if (settings == null) {
            return 1;
        }
        boolean good = checkDefinitions(settings);
        for (DatabaseSettings database : settings.databases().values()) {
            if (!offline) {
                good &= check(database, settings.auth());
            }
        }
        if (good) {
            System.out.println(file + ": no problems");
        }
        return good ? 0 : 1;
    }

    private static boolean checkDefinitions(PenstockSettings settings) {
        boolean good = true;
        for (ApiSettings api : settings.apis().values()) {
            if (api.type() == ApiType.DEFINITION) {
                try {
                    DefinitionFile.of(api);
                } catch (IOException wrong) {
                    System.err.println(wrong.getMessage());
                    good = false;
                }
            }
        }
        return good;
    }

    private static boolean check(DatabaseSettings database, AuthMode auth) {
        List<String> problems = new ArrayList<>();
        try {
            if (!database.syncs().isEmpty()) {
                problems.addAll(DatabaseCheck.problems(database));
            }
            if (auth == AuthMode.QUERY) {
                problems.addAll(SignInCheck.problems(database));
            }
        } catch (SQLException unreachable) {
            problems.add("cannot be asked: " + unreachable.getMessage());
        }
        problems.forEach(problem -> System.err.println("database " + database.name() + ": " + problem));
        return problems.isEmpty();
    }
}
