package io.penstock.node.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.DatabaseSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.config.reader.Reading;
import io.penstock.config.reader.SettingsReader;
import io.penstock.node.backend.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code penstock check} says about the query of a sign-in. */
class SignInCheckTest {
    private static TestPostgres postgres;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create role asker login; create table public.app_users (name text, verifier text);"
                + " grant select on public.app_users to asker");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    private static List<String> problems(String user, String signIn) throws SQLException {
        String url = "postgresql://" + user + "@localhost:" + postgres.address().port() + "/postgres";
        Reading reading = SettingsReader.read(
                "penstock { auth = query, databases.d { url = \"" + url + "\", sign_in { " + signIn + " } } }",
                Path.of("/"),
                _ -> null);
        PenstockSettings settings = ((Reading.Valid) reading).settings();
        DatabaseSettings database = Objects.requireNonNull(settings.databases().get("d"));
        return SignInCheck.problems(database);
    }

    @Test
    void aGoodQueryHasNoProblem() throws SQLException {
        assertThat(problems("postgres", "")).isEmpty();
        assertThat(problems("asker", "query = \"SELECT verifier FROM public.app_users WHERE name = $1\""))
                .isEmpty();
        assertThat(problems("asker", "query_user = postgres")).isEmpty();
    }

    @Test
    void aQueryThatWouldFailIsReportedWithItsReason() throws SQLException {
        assertThat(problems("asker", ""))
                .containsExactly("sign_in.query fails: ERROR: permission denied for table pg_authid");
        assertThat(problems("asker", "query = \"SELECT verifier FROM app_users WHERE name = $1\""))
                .first()
                .asString()
                .startsWith("sign_in.query fails: ERROR: relation \"app_users\" does not exist");
        assertThat(problems("asker", "query = \"SELECT 'x' WHERE name = 1\""))
                .first()
                .asString()
                .startsWith("sign_in.query fails: ERROR: column \"name\" does not exist");
    }

    /** Else one password would do for everybody. */
    @Test
    void aQueryThatForgetsTheUserIsReported() throws SQLException {
        assertThat(problems("postgres", "query = \"SELECT 'x' WHERE $1::text IS NOT NULL\""))
                .containsExactly("sign_in.query has an answer for a user that nobody has: it must ask for the user $1");
    }

    @Test
    void aServerThatIsNotThereCannotBeAsked() {
        assertThatThrownBy(() -> problems("nobody_here", "")).isInstanceOf(SQLException.class);
    }
}
