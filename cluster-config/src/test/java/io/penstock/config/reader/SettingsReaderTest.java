package io.penstock.config.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.ApiSettings;
import io.penstock.config.ApiType;
import io.penstock.config.AuthMode;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.Endpoint;
import io.penstock.config.ListenerTlsSettings;
import io.penstock.config.MutationSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.config.PoolSettings;
import io.penstock.config.PostgresUrl;
import io.penstock.config.RowLimits;
import io.penstock.config.Secret;
import io.penstock.config.ServerTlsSettings;
import io.penstock.config.ServerTlsSettings.Mode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    /** Of nobody, for a hundred years; whose key is forgotten. */
    private static final String CERTIFICATE = """
        -----BEGIN CERTIFICATE-----
        MIIBeDCCAR+gAwIBAgIUZJHM+9Wodht4b3ZxlCch7ZiSrz0wCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyMTE1Mjg1MloYDzIxMjYxMDI4MTUy
        ODUyWjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AAR2YVuqOgBgEs5zEWQLT9WYptWnhWFZtmBH38tZj9pjvguKe1aG4w+c8McZjsll
        f/QLb/WePfY3XzKO337jPtZlo1MwUTAdBgNVHQ4EFgQUm+xoy8pRXXrFnobOaMbt
        euAr/ecwHwYDVR0jBBgwFoAUm+xoy8pRXXrFnobOaMbteuAr/ecwDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBafalGVfSARDiXamdvjSarKEirqXzD
        qJy+sYs1o3K3JwIgNgHiyZEk6TT80o9wgaHIGibk4HKUhtRJJApG7omNtPI=
        -----END CERTIFICATE-----
        """;

    private static final String SMALLEST = """
        penstock {
          listen = "127.0.0.1:6432"
          admin  = "127.0.0.1:6480"
          auth   = trust
          databases {
            bench { url = "postgresql://postgres@127.0.0.1:5432/bench", pool { mode = transaction, size = 8 } }
          }
        }
        """;

    private static final String WITH_A_SYNC = """
        penstock {
          auth = trust
          databases.app {
            url = "postgresql://app:s%40fe@db.internal/app"
            admin_url = "postgresql://owner@db.internal:5433/app"
            login = client
            writer { password = ${WRITER_PASSWORD}, size = 3 }
            mutations { in_transaction = refuse, warn = false }
            syncs.salesforce {
              api = crm
              poll_interval = 15s
              tables {
                contacts {
                  object = Contact
                  correlation_field = Penstock_Id__c
                  max_rows { insert = 50, delete = 0 }
                  columns { note = Description }
                }
                accounts { object = Account, poll_interval = 5m }
              }
            }
          }
          apis.crm {
            type = salesforce
            login_url = "http://127.0.0.1:9999/"
            api_version = 61.0
            oauth { client_id = penstock, client_secret = shh, refresh_token = ${?REFRESH_TOKEN} }
            limits { concurrency = 5, burst = 100, burst_window = 20s, daily = 100000, daily_reserve = 10% }
            timeouts { request = 10s }
          }
        }
        """;

    private static final String OTHER_APIS = """
        penstock {
          auth = trust
          apis.helpdesk { type = definition, file = helpdesk.yaml, token = key }
          apis.planning { type = airtable, token = pat }
          databases.app {
            url = "postgresql://u@h/d"
            syncs.airtable {
              api = planning
              options.base = app1
              tables { tasks { object = Tasks, max_rows.insert = 10 }, plans { object = Plans, options.base = app2 } }
            }
          }
        }
        """;

    @Test
    void theSmallestFileIsCompletedWithSafeDefaults() {
        PenstockSettings settings = valid(SMALLEST);

        assertThat(settings.listen()).isEqualTo(new Endpoint("127.0.0.1", 6432));
        assertThat(settings.admin().isLoopback()).isTrue();
        assertThat(settings.auth()).isEqualTo(AuthMode.TRUST);
        assertThat(settings.cluster().endpoint()).isEqualTo(new Endpoint("127.0.0.1", 0));
        assertThat(settings.cluster().seedNodes()).isEmpty();
        assertThat(settings.journal().directory()).isEqualTo(Path.of("/etc/penstock/penstock-data"));
        DatabaseSettings bench = get(settings.databases(), "bench");
        assertThat(bench.url()).isEqualTo(new PostgresUrl("127.0.0.1", 5432, "bench", "postgres", null));
        assertThat(bench.adminUrl()).isEqualTo(bench.url());
        assertThat(bench.pool()).isEqualTo(new PoolSettings(PoolSettings.Mode.TRANSACTION, 8, Duration.ofSeconds(30)));
        assertThat(bench.mutations()).isEqualTo(new MutationSettings(MutationSettings.InTransaction.ESCAPE, true));
        assertThat(bench.writer().user()).isEqualTo("penstock_writer");
    }

    @Test
    void aSyncIsReadWithItsApi() {
        PenstockSettings settings = valid(WITH_A_SYNC, Map.of("WRITER_PASSWORD", "1e5", "REFRESH_TOKEN", "5Aep861"));

        DatabaseSettings app = get(settings.databases(), "app");
        assertThat(app.url().password()).isEqualTo(Secret.of("s@fe"));
        assertThat(app.url().port()).isEqualTo(5432);
        assertThat(app.adminUrl().user()).isEqualTo("owner");
        assertThat(app.login()).isEqualTo(DatabaseSettings.Login.CLIENT);
        assertThat(app.writer().password()).isEqualTo(Secret.of("1e5"));
        var sync = get(app.syncs(), "salesforce");
        var contacts = get(sync.tables(), "contacts");
        assertThat(contacts.maxRows()).isEqualTo(new RowLimits(50, null, 0));
        assertThat(contacts.pollInterval()).isEqualTo(Duration.ofSeconds(15));
        assertThat(contacts.correlationField()).isEqualTo("Penstock_Id__c");
        assertThat(contacts.columns()).isEqualTo(Map.of("note", "Description"));
        var accounts = get(sync.tables(), "accounts");
        assertThat(accounts.pollInterval()).isEqualTo(Duration.ofMinutes(5));
        ApiSettings crm = get(settings.apis(), "crm");
        assertThat(crm.loginUrl()).isEqualTo(URI.create("http://127.0.0.1:9999"));
        assertThat(crm.version()).isEqualTo("61.0");
        assertThat(crm.oauth().refreshToken()).isEqualTo(Secret.of("5Aep861"));
        assertThat(crm.limits().dailyReserve()).isEqualTo(0.1);
        assertThat(crm.timeouts().request()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void allMistakesAreReportedAtOnceEachWithItsLineAndWhatWasMeant() {
        assertThat(mistakes("""
            penstock {
              lisen = "127.0.0.1:6432"
              auth = scramm
              users.alice.password = ""
              databases {
                one { url = "mysql://u@h/d", pool { size = 0, mode = statement } }
                two { url = "postgresql://u@h/d", writer.user = u
                      syncs { salesforce { api = cmr, tables { contacts { object = Contact, max_rows.insert = 201 } } } } }
              }
              apis { crm { type = salesforc, base_url = "http://example.com", oauth.access_token = t, timeouts.request = 30 } }
            }
            other = 1
            """))
                .containsExactly(
                        "line 2: penstock.lisen is not a setting; did you mean listen?",
                        "line 3: penstock.auth must be trust or scram or query or cert; did you mean scram?",
                        "line 4: penstock.users.alice.password a secret must not be empty",
                        "line 6: penstock.databases.one.url must begin with postgresql://",
                        "line 6: penstock.databases.one.pool.mode must be session or transaction",
                        "line 6: penstock.databases.one.pool.size must be a number from 1 to 10000",
                        "line 7: penstock.databases.two.writer.user must be a user of its own: whoever shares its name"
                                + " would pass the guard",
                        "line 8: penstock.databases.two.syncs.salesforce.api names no API under penstock.apis; did you"
                                + " mean crm?",
                        "line 8: penstock.databases.two.syncs.salesforce.tables.contacts.max_rows.insert must be a"
                                + " number from 0 to 200",
                        "line 10: penstock.apis.crm.type must be salesforce or hubspot or airtable or stripe or github or definition; did"
                                + " you mean salesforce?",
                        "line 10: penstock.apis.crm.base_url must begin with https: tokens do not travel in the clear",
                        "line 10: penstock.apis.crm.timeouts.request must be a time with its unit, such as 500ms, 30s"
                                + " or 5m",
                        "line 12: other is not a setting: everything is under penstock { ... }");
    }

    @Test
    void trustIsRefusedOffLoopback() {
        assertThat(mistakes(SMALLEST.replace("127.0.0.1:6432", "0.0.0.0:6432")))
                .containsExactly("line 4: penstock.auth must not be trust while penstock.listen is reachable from other"
                        + " machines");
        assertThat(valid(SMALLEST.replace("127.0.0.1:6432", "[::1]:6432"))
                        .listen()
                        .host())
                .isEqualTo("::1");
    }

    @Test
    void withoutAWordAboutLoginScramIsAskedForAndSoAreUsers() {
        assertThat(mistakes(SMALLEST.replace("auth   = trust", "")))
                .containsExactly("line 1: penstock.users must name a user: with auth = scram nobody else can log in");
    }

    @Test
    void aRefreshTokenThatTheEnvironmentDoesNotHaveIsMissed() {
        assertThat(mistakes(WITH_A_SYNC, Map.of("WRITER_PASSWORD", "w")))
                .containsExactly("line 27: penstock.apis.crm.oauth.refresh_token must be given, or else access_token,"
                        + " or the account's own token");
    }

    @Test
    void eachTypeOfApiHasItsOwnSettings() {
        PenstockSettings settings = valid(OTHER_APIS);

        ApiSettings helpdesk = get(settings.apis(), "helpdesk");
        assertThat(helpdesk.type()).isEqualTo(ApiType.DEFINITION);
        assertThat(helpdesk.definition()).isEqualTo(Path.of("/etc/penstock/helpdesk.yaml"));
        assertThat(helpdesk.oauth().accessToken()).isEqualTo(Secret.of("key"));
        assertThat(helpdesk.baseUrl()).isNull();
        assertThat(helpdesk.timeouts().server()).isNull();
        var tables = get(get(settings.databases(), "app").syncs(), "airtable").tables();
        assertThat(get(tables, "tasks").options()).isEqualTo(Map.of("base", "app1"));
        assertThat(get(tables, "plans").options()).isEqualTo(Map.of("base", "app2"));
    }

    @Test
    void whatOneTypeNeedsIsNoSettingOfAnother() {
        assertThat(mistakes(OTHER_APIS
                        .replace("file = helpdesk.yaml,", "")
                        .replace(
                                "token = pat", "token = pat, oauth.access_token = t, api_version = 61.0, file = a.yaml")
                        .replace("max_rows.insert = 10", "max_rows.insert = 11")))
                .containsExactlyInAnyOrder(
                        "line 3: penstock.apis.helpdesk.file must be given: the definition of the API, in YAML",
                        "line 4: penstock.apis.planning.api_version is a setting of type = salesforce alone",
                        "line 4: penstock.apis.planning.file is a setting of type = definition alone",
                        "line 4: penstock.apis.planning.token stands beside oauth: an account has one or the other",
                        "line 10: penstock.databases.app.syncs.airtable.tables.tasks.max_rows.insert must be a number"
                                + " from 0 to 10");
    }

    @Test
    void anAppOfGitHubHasAKeyAndAnInstallation() {
        String app =
                OTHER_APIS.replace("token = pat", "oauth { client_id = Iv1, installation = 67890, private_key = PEM }");
        ApiSettings planning =
                get(valid(app.replace("type = airtable", "type = github")).apis(), "planning");
        assertThat(planning.oauth().installation()).isEqualTo(67_890);
        assertThat(planning.oauth().refreshToken()).isEqualTo(Secret.of("PEM"));

        assertThat(mistakes(app))
                .containsExactlyInAnyOrder(
                        "line 4: penstock.apis.planning.oauth.installation is a setting of type = github alone",
                        "line 4: penstock.apis.planning.oauth.private_key is a setting of type = github alone");
        assertThat(mistakes(app.replace("type = airtable", "type = github")
                        .replace("installation = 67890", "refresh_token = t")))
                .containsExactly(
                        "line 4: penstock.apis.planning.oauth.installation must be given: a GitHub App has both"
                                + " or neither");
    }

    @Test
    void aSubstitutionThatMustBeSetSaysSo() {
        assertThat(mistakes(WITH_A_SYNC))
                .containsExactly("line 7: penstock uses a ${...} that is set nowhere; ${?...} would allow that");
    }

    @Test
    void brokenSyntaxIsReportedWithoutQuotingTheLine() {
        assertThat(mistakes("penstock {\n  users.alice.password = hunter2 : }\n"))
                .containsExactly("line 2: the file is not HOCON: a bracket, a quote or a value is out of place");
    }

    @Test
    void aFileThatIsNotThereIsAMistakeToo() {
        assertThat(SettingsReader.read(Path.of("/nowhere/penstock.conf")))
                .isEqualTo(
                        new Reading.Invalid(List.of(new Mistake("/nowhere/penstock.conf", 0, "cannot be read", null))));
    }

    @Test
    void noSecretShowsWhereSettingsAreLogged() {
        String logged = valid(WITH_A_SYNC, Map.of("WRITER_PASSWORD", "wr1ter", "REFRESH_TOKEN", "5Aep861"))
                .toString();

        assertThat(logged).doesNotContain("s@fe", "wr1ter", "5Aep861", "shh").contains("penstock_writer");
    }

    @Test
    void aUrlThatIsWrongIsNotQuotedForItMayHoldAPassword() {
        assertThat(mistakes(SMALLEST.replace("postgres@127", "postgres:hunter2@ 127"))
                        .toString())
                .doesNotContain("hunter2");
    }

    private static <T> T get(Map<String, T> named, String name) {
        return Objects.requireNonNull(named.get(name));
    }

    private static PenstockSettings valid(String text) {
        return valid(text, Map.of());
    }

    private static PenstockSettings valid(String text, Map<String, String> environment) {
        Reading reading = SettingsReader.read(text, Path.of("/etc/penstock"), environment::get);
        assertThat(reading).isInstanceOf(Reading.Valid.class);
        return ((Reading.Valid) reading).settings();
    }

    private static List<String> mistakes(String text) {
        return mistakes(text, Map.of());
    }

    private static List<String> mistakes(String text, Map<String, String> environment) {
        Reading reading = SettingsReader.read(text, Path.of("/etc/penstock"), environment::get);
        assertThat(reading).isInstanceOf(Reading.Invalid.class);
        return ((Reading.Invalid) reading)
                .mistakes().stream().map(Mistake::toString).toList();
    }

    @Test
    void tlsNeedsItsFilesAndClientsCertificatesNeedTls(@TempDir Path folder) throws Exception {
        pem(folder);
        String databases = "databases.d.url = \"postgresql://u@h/d\"";
        PenstockSettings settings = ((Reading.Valid) SettingsReader.read(
                        "penstock { auth = cert, tls { cert = a.crt, key = a.key, client_ca = ca.crt, require = true }, "
                                + databases + " }",
                        folder,
                        _ -> null))
                .settings();
        assertThat(settings.tls())
                .isEqualTo(new ListenerTlsSettings(
                        folder.resolve("a.crt"), folder.resolve("a.key"), folder.resolve("ca.crt"), true));
        assertThat(mistakesIn(folder, "tls { cert = a.crt, require = true }, auth = trust, " + databases))
                .containsExactly("penstock.tls.key");
        assertThat(mistakesIn(folder, "tls { cert = a.crt, key = gone.key }, auth = trust, " + databases))
                .containsExactly("penstock.tls.key");
        assertThat(mistakesIn(folder, "tls { require = true }, auth = trust, " + databases))
                .containsExactly("penstock.tls.cert");
        assertThat(mistakesIn(
                        folder, "tls { cert = a.crt, key = a.key, client_ca = ca.crt }, auth = cert, " + databases))
                .contains("penstock.tls.require");
        assertThat(mistakesIn(folder, "auth = cert, " + databases)).containsExactly("penstock.auth");
    }

    private static List<String> mistakesIn(Path folder, String body) {
        return ((Reading.Invalid) SettingsReader.read("penstock { " + body + " }", folder, _ -> null))
                .mistakes().stream().map(Mistake::path).toList();
    }

    @Test
    void theServersCertificateIsLookedAtAsFarAsAskedFor(@TempDir Path folder) throws Exception {
        pem(folder);
        assertThat(tls(folder, "", "")).isEqualTo(ServerTlsSettings.of(Mode.PREFER));
        assertThat(tls(folder, "?sslmode=verify-full", "")).isEqualTo(ServerTlsSettings.of(Mode.VERIFY_FULL));
        assertThat(tls(folder, "", "tls.mode = require")).isEqualTo(ServerTlsSettings.of(Mode.REQUIRE));
        Path root = folder.resolve("ca.crt");
        assertThat(tls(folder, "", "tls.root_cert = ca.crt"))
                .isEqualTo(new ServerTlsSettings(Mode.VERIFY_FULL, root, null, null, null));
        assertThat(tls(folder, "?sslmode=require", "tls.root_cert = ca.crt"))
                .isEqualTo(new ServerTlsSettings(Mode.VERIFY_CA, root, null, null, null));
        assertThat(tls(folder, "", "tls { root_cert = ca.crt, cert = a.crt, key = a.key }"))
                .isEqualTo(new ServerTlsSettings(
                        Mode.VERIFY_FULL, root, folder.resolve("a.crt"), folder.resolve("a.key"), "EC"));

        String url = "databases.d { url = \"postgresql://u@h/d\", ";
        assertThat(mistakesIn(folder, "auth = trust, " + url + "tls.mode = verify_full }"))
                .containsExactly("penstock.databases.d.tls.mode");
        assertThat(mistakesIn(folder, "auth = trust, " + url + "tls.mode = verify-ca }"))
                .containsExactly("penstock.databases.d.tls.root_cert");
        assertThat(mistakesIn(folder, "auth = trust, " + url + "tls { mode = prefer, root_cert = ca.crt } }"))
                .containsExactly("penstock.databases.d.tls.root_cert");
        assertThat(mistakesIn(folder, "auth = trust, " + url + "tls.cert = a.crt }"))
                .containsExactly("penstock.databases.d.tls.key");
        assertThat(mistakesIn(folder, "auth = trust, databases.d.url = \"postgresql://u@h/d?sslmode=verify-ca\""))
                .containsExactly("penstock.databases.d.url");
    }

    private static ServerTlsSettings tls(Path folder, String parameters, String database) {
        PenstockSettings settings = ((Reading.Valid) SettingsReader.read(
                        "penstock { auth = trust, databases.d { url = \"postgresql://u@h/d" + parameters + "\", "
                                + database + " } }",
                        folder,
                        _ -> null))
                .settings();
        return Objects.requireNonNull(settings.databases().get("d")).url().tls();
    }

    /** A certificate of nobody, once as that of an authority, and some key. */
    private static void pem(Path folder) throws Exception {
        Files.writeString(folder.resolve("a.crt"), CERTIFICATE);
        Files.writeString(folder.resolve("ca.crt"), CERTIFICATE);
        byte[] key = KeyPairGenerator.getInstance("EC")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        Files.writeString(
                folder.resolve("a.key"),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
    }
}
