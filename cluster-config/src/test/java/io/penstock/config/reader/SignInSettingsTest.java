package io.penstock.config.reader;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.AddressRange;
import io.penstock.config.AuthMode;
import io.penstock.config.DatabaseSignInSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import io.penstock.protocol.auth.ScramVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file says about who may sign in. */
class SignInSettingsTest {
    private static final String VERIFIER =
            ScramVerifier.of("spice", new byte[16], 4096).text();

    @TempDir
    private Path folder;

    private PenstockSettings valid(String body) {
        Reading reading = SettingsReader.read("penstock { " + body + " }", folder, _ -> null);
        assertThat(reading).isInstanceOf(Reading.Valid.class);
        return ((Reading.Valid) reading).settings();
    }

    private List<String> mistakes(String body) {
        Reading reading = SettingsReader.read("penstock { " + body + " }", folder, _ -> null);
        assertThat(reading).isInstanceOf(Reading.Invalid.class);
        return ((Reading.Invalid) reading)
                .mistakes().stream().map(Mistake::toString).toList();
    }

    private static DatabaseSignInSettings signIn(PenstockSettings settings, String database) {
        return Objects.requireNonNull(settings.databases().get(database)).signIn();
    }

    @Test
    void everySettingIsRead() {
        PenstockSettings settings = valid("""
            auth = query
            sign_in { allow = ["10.0.0.0/8", "2001:db8::/32"], connections_per_address = 7, failures_per_minute = 0 }
            databases.d {
              url = "postgresql://app:secret@h/d"
              sign_in { sync_id = sync_j8sual, allow = ["127.0.0.1"], query_user = asker, query_password = word
                        query = "SELECT verifier FROM public.users WHERE name = $1" }
            }
            """);

        assertThat(settings.auth()).isEqualTo(AuthMode.QUERY);
        assertThat(settings.signIn().allow())
                .containsExactly(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("2001:db8::/32"));
        assertThat(settings.signIn().connectionsPerAddress()).isEqualTo(7);
        assertThat(settings.signIn().failuresPerMinute()).isZero();
        assertThat(signIn(settings, "d"))
                .isEqualTo(new DatabaseSignInSettings(
                        "sync_j8sual",
                        List.of(AddressRange.parse("127.0.0.1/32")),
                        "asker",
                        Secret.of("word"),
                        "SELECT verifier FROM public.users WHERE name = $1"));
    }

    @Test
    void withoutAWordTheUserOfTheUrlAsksPostgresItself() {
        PenstockSettings settings = valid("auth = query, databases.d.url = \"postgresql://app:secret@h/d\"");

        assertThat(signIn(settings, "d"))
                .isEqualTo(new DatabaseSignInSettings(
                        null, List.of(), "app", Secret.of("secret"), DatabaseSignInSettings.DEFAULT_QUERY));
    }

    /** Else the password of one user would be shown to the server under the name of another. */
    @Test
    void anotherUserDoesNotAskWithThePasswordOfTheUrl() {
        PenstockSettings settings = valid(
                "auth = query, databases.d { url = \"postgresql://app:secret@h/d\", sign_in.query_user = asker }");

        assertThat(signIn(settings, "d").queryPassword()).isNull();
    }

    private static Map<String, UserSettings> fromFile(PenstockSettings settings) {
        return requireNonNull(settings.signIn().usersFile()).users();
    }

    @Test
    void aUsersFileAddsItsUsers() throws IOException {
        Files.writeString(folder.resolve("users.txt"), """
            ; as PgBouncer writes it
            "app" "%s"

            # a quote is doubled
            "o""brien" "pass""word"
            """.formatted(VERIFIER));
        PenstockSettings settings = valid(
                "users.joe.password = x, sign_in.users_file = users.txt, databases.d.url = \"postgresql://u@h/d\"");

        assertThat(settings.users()).containsOnlyKeys("joe");
        assertThat(fromFile(settings).values())
                .containsExactlyInAnyOrder(
                        new UserSettings("app", Secret.of(VERIFIER)),
                        new UserSettings("o\"brien", Secret.of("pass\"word")));
    }

    @Test
    void aLongLineOfAUsersFileIsOnlyALongLine() throws IOException {
        Files.writeString(folder.resolve("users.txt"), "\"app\" \"" + "x\"\"".repeat(100_000) + "\"\n");

        assertThat(fromFile(valid("sign_in.users_file = users.txt, databases.d.url = \"postgresql://u@h/d\"")))
                .containsOnlyKeys("app");
    }

    @Test
    void mistakesOfAUsersFileAreNamedByTheirLineAndNotQuoted() throws IOException {
        String[][] filesAndMistakes = {
            {"\"app\" secret", "line 1 is not \"name\" \"verifier\""},
            {"\n\"app\" \"md5" + "0".repeat(32) + "\"", "line 2 has an MD5 hash, with which nobody can log in by SCRAM"
            },
            {"\"app\" \"SCRAM-SHA-256$4096:secret\"", "line 1 has a broken SCRAM-SHA-256 verifier"},
            {"\"app\" \"a\"\n\"app\" \"b\"", "line 2 names a user for the second time"},
            {"\"joe\" \"a\"", "names user joe, as penstock.users does"}
        };
        for (String[] fileAndMistake : filesAndMistakes) {
            Files.writeString(folder.resolve("users.txt"), fileAndMistake[0]);
            assertThat(
                            mistakes(
                                    "users.joe.password = x, sign_in.users_file = users.txt, databases.d.url = \"postgresql://u@h/d\""))
                    .containsExactly("line 1: penstock.sign_in.users_file " + fileAndMistake[1]);
        }
        assertThat(
                        mistakes(
                                "sign_in.users_file = gone.txt, users.a.password = x, databases.d.url = \"postgresql://u@h/d\""))
                .hasSize(1);
    }

    @Test
    void otherMistakesAreNamedToo() {
        assertThat(mistakes("""
            auth = query
            users.joe.verifier = "SCRAM-SHA-256$4096:secret"
            users.jim.password = "SCRAM-SHA-256$secret"
            sign_in { allow = ["10.0.0.1/8"], connections_per_address = 0, failures_per_minute = -1, user_file = x }
            databases {
              a { url = "postgresql://u@h/d", sign_in { sync_id = "a.b", allow = ["example.com"] } }
              b { url = "postgresql://u@h/d", sign_in.sync_id = same }
              c { url = "postgresql://u@h/d", sign_in { sync_id = same, allow = "10.0.0.0/8" } }
            }"""))
                .containsExactly(
                        "line 2: penstock.users.joe.verifier must be SCRAM-SHA-256$iterations:salt$key:key, as in"
                                + " pg_authid.rolpassword",
                        "line 3: penstock.users.jim.password must be SCRAM-SHA-256$iterations:salt$key:key, as in"
                                + " pg_authid.rolpassword",
                        "line 4: penstock.sign_in.allow must be a list of addresses such as 10.0.0.0/8 or"
                                + " 2001:db8::/32",
                        "line 4: penstock.sign_in.connections_per_address must be a number from 1 to 1000000",
                        "line 4: penstock.sign_in.failures_per_minute must be a number from 0 to 1000000",
                        "line 4: penstock.sign_in.user_file is not a setting; did you mean users_file?",
                        "line 5: penstock.databases gives the sync_id same to b and c",
                        "line 6: penstock.databases.a.sign_in.sync_id must be letters, digits, _ and -",
                        "line 6: penstock.databases.a.sign_in.allow must be a list of addresses such as 10.0.0.0/8"
                                + " or 2001:db8::/32",
                        "line 8: penstock.databases.c.sign_in.allow must be a list: [\"...\", \"...\"]");
    }

    @Test
    void aRangeHoldsTheAddressesThatBeginAsItDoes() {
        String[][] rangesInsidesOutsides = {
            {"10.0.0.0/8", "10.255.1.2", "11.0.0.0"},
            {"192.0.2.128/25", "192.0.2.200", "192.0.2.127"},
            {"192.0.2.7", "192.0.2.7", "192.0.2.6"},
            {"0.0.0.0/0", "203.0.113.9", "::1"},
            {"2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"},
            {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
            {"::1", "::1", "127.0.0.1"},
            // A socket for both families shows addresses of IPv4 so.
            {"127.0.0.0/8", "::ffff:127.0.0.1", "::ffff:126.0.0.1"}
        };
        for (String[] row : rangesInsidesOutsides) {
            AddressRange range = AddressRange.parse(row[0]);
            assertThat(range.contains(InetAddress.ofLiteral(row[1])))
                    .as(row[0] + " " + row[1])
                    .isTrue();
            assertThat(range.contains(InetAddress.ofLiteral(row[2])))
                    .as(row[0] + " " + row[2])
                    .isFalse();
        }
    }
}
