package io.penstock.node.install;

import io.penstock.config.DatabaseSettings;
import io.penstock.config.DatabaseSignInSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the question of {@code auth = query} once, for a user that nobody has, so that {@code penstock check} tells what would fail at the first login. */
public final class SignInCheck {
    private static final String NOBODY = "penstock check: nobody";

    private SignInCheck() {}

    /** One sentence for each thing that is wrong; empty where users can be looked up. */
    public static List<String> problems(DatabaseSettings database) throws SQLException {
        DatabaseSignInSettings signIn = database.signIn();
        try (Connection connection =
                        AdminSession.connect(database.url().as(signIn.queryUser(), signIn.queryPassword()));
                Statement statement = connection.createStatement()) {
            connection.setReadOnly(true);
            statement.execute("SET search_path = pg_catalog, pg_temp");
            String problem = problem(statement, signIn.query());
            return problem == null ? List.of() : List.of("sign_in.query " + problem);
        }
    }

    /** The parameter's type is left to Postgres, as a sign-in leaves it. */
    private static @Nullable String problem(Statement statement, String query) {
        try {
            statement.execute("PREPARE penstock_check AS " + query);
            try (ResultSet rows = statement.executeQuery("EXECUTE penstock_check('" + NOBODY + "')")) {
                return rows.next() ? "has an answer for a user that nobody has: it must ask for the user $1" : null;
            }
        } catch (SQLException failed) {
            return "fails: " + failed.getMessage();
        }
    }
}
