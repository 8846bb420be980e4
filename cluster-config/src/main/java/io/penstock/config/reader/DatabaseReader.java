package io.penstock.config.reader;

import io.penstock.config.AddressRange;
import io.penstock.config.ApiSettings;
import io.penstock.config.ApiType;
import io.penstock.config.ClientTimeouts;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.DatabaseSignInSettings;
import io.penstock.config.MutationSettings;
import io.penstock.config.PoolSettings;
import io.penstock.config.PostgresUrl;
import io.penstock.config.RowLimits;
import io.penstock.config.Secret;
import io.penstock.config.ServerTlsSettings;
import io.penstock.config.SyncSettings;
import io.penstock.config.TableSettings;
import io.penstock.config.WriterSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one database and the syncs in it. */
final class DatabaseReader {
    /** Stands in for a URL that is missing or wrong; the reading has failed by then. */
    private static final PostgresUrl PLACEHOLDER = new PostgresUrl("localhost", 5432, "none", "nobody", null);

    private static final Set<String> POSTGRES_SCHEMAS = Set.of("penstock", "information_schema");
    private static final int LONGEST_IDENTIFIER = 63;
    private static final String DEFAULT_POLL_INTERVAL = "60s";

    /** All APIs that the file names, those with mistakes too. */
    private final Map<String, ApiSettings> apis;

    private final TlsReader tlsReader;

    DatabaseReader(Map<String, ApiSettings> apis, TlsReader tlsReader) {
        this.apis = apis;
        this.tlsReader = tlsReader;
    }

    DatabaseSettings read(Section section) {
        PostgresUrl url = section.parsed("url", null, PLACEHOLDER, "must be a postgresql:// URL", PostgresUrl::parse);
        PostgresUrl adminUrl = section.optionalParsed("admin_url", "must be a postgresql:// URL", PostgresUrl::parse);
        Section tlsSection = section.section("tls");
        ServerTlsSettings tls = tlsReader.server(tlsSection, url);
        if (adminUrl != null
                && adminUrl.tls().mode() != ServerTlsSettings.Mode.PREFER
                && adminUrl.tls().mode() != tls.mode()) {
            section.mistake("admin_url", "must not say another sslmode than url, or the section tls");
        }
        url = url.with(tls);
        adminUrl = adminUrl == null ? null : adminUrl.with(tls);
        DatabaseSettings.Login login =
                section.choice("login", DatabaseSettings.Login.class, DatabaseSettings.Login.URL);
        DatabaseSignInSettings signIn = signIn(section.section("sign_in"), url);
        WriterSettings writer = writer(section.section("writer"), url, adminUrl);
        PoolSettings pool = pool(section.section("pool"));
        MutationSettings mutations = mutations(section.section("mutations"));
        Map<String, SyncSettings> syncs = section.named("syncs", this::sync);
        section.end();
        return new DatabaseSettings(
                section.name(), url, adminUrl == null ? url : adminUrl, signIn, login, writer, pool, mutations, syncs);
    }

    private static DatabaseSignInSettings signIn(Section section, PostgresUrl url) {
        String syncId = section.optionalText("sync_id");
        if (syncId != null && !syncId.matches("[A-Za-z0-9_-]{1,63}")) {
            section.mistake("sync_id", "must be letters, digits, _ and -");
            syncId = null;
        }
        List<AddressRange> allow = ranges(section, "allow");
        String user = section.optionalText("query_user");
        Secret password = section.optionalSecret("query_password");
        String query = section.text("query", DatabaseSignInSettings.DEFAULT_QUERY);
        section.end();
        return new DatabaseSignInSettings(
                syncId,
                allow,
                user == null || user.isEmpty() ? url.user() : user,
                user == null && password == null ? url.password() : password,
                query);
    }

    static List<AddressRange> ranges(Section section, String key) {
        List<AddressRange> ranges = new ArrayList<>();
        for (String text : section.texts(key)) {
            try {
                ranges.add(AddressRange.parse(text));
            } catch (IllegalArgumentException wrong) {
                section.mistake(key, "must be a list of addresses such as 10.0.0.0/8 or 2001:db8::/32");
            }
        }
        return ranges;
    }

    private static WriterSettings writer(Section section, PostgresUrl url, @Nullable PostgresUrl adminUrl) {
        String defaultUser = "penstock_writer";
        String user = section.text("user", defaultUser);
        boolean shared = user.equals(url.user()) || (adminUrl != null && user.equals(adminUrl.user()));
        if (user.isEmpty() || shared) {
            section.mistake("user", "must be a user of its own: whoever shares its name would pass the guard");
            user = url.user() + "_writer";
        }
        WriterSettings writer =
                new WriterSettings(user, section.optionalSecret("password"), section.number("size", 8, 1, 1_000));
        section.end();
        return writer;
    }

    private static PoolSettings pool(Section section) {
        PoolSettings.Mode mode = section.choice("mode", PoolSettings.Mode.class, PoolSettings.Mode.SESSION);
        PoolSettings pool = new PoolSettings(
                mode,
                section.number("size", 20, 1, 10_000),
                section.duration("max_wait", "30s"),
                section.duration("wait_notice", "5s"),
                section.duration("server_lifetime", "1h"),
                section.duration("server_idle_timeout", "10m"),
                new ClientTimeouts(
                        section.optionalDuration("client_idle_timeout"),
                        section.optionalDuration("idle_transaction_timeout"),
                        section.optionalDuration("query_timeout")),
                section.bytes("prepared_statements", "16 MiB", 1 << 30));
        section.end();
        return pool;
    }

    private static MutationSettings mutations(Section section) {
        MutationSettings mutations = new MutationSettings(
                section.choice(
                        "in_transaction", MutationSettings.InTransaction.class, MutationSettings.InTransaction.ESCAPE),
                section.bool("warn", true));
        section.end();
        return mutations;
    }

    private SyncSettings sync(Section section) {
        checkIdentifier(section, "schema");
        if (section.name().startsWith("pg_") || POSTGRES_SCHEMAS.contains(section.name())) {
            section.mistake("is a schema that synced tables cannot be in");
        }
        String api = section.requiredText("api", "none");
        ApiSettings known = apis.get(api);
        if (known == null && section.has("api")) {
            section.unknown("api", api, "names no API under penstock.apis", apis.keySet());
        }
        ApiType type = known == null ? ApiType.SALESFORCE : known.type();
        Duration pollInterval = section.duration("poll_interval", DEFAULT_POLL_INTERVAL);
        Map<String, String> options = section.namedTexts("options");
        Map<String, TableSettings> tables = section.named("tables", table -> table(table, type, pollInterval, options));
        section.end();
        return new SyncSettings(section.name(), api, tables);
    }

    private static TableSettings table(
            Section section, ApiType type, Duration pollInterval, Map<String, String> optionsOfAll) {
        checkIdentifier(section, "table");
        String object = section.requiredText("object", "none");
        if (object.isEmpty()) {
            section.mistake("object", "must not be empty");
            object = "none";
        }
        Section rows = section.section("max_rows");
        RowLimits maxRows = new RowLimits(
                rows.optionalNumber("insert", "the API's", 0, type.mostRows()),
                rows.optionalNumber("update", "the API's", 0, type.mostRows()),
                rows.optionalNumber("delete", "the API's", 0, type.mostRows()));
        rows.end();
        Map<String, String> options = new HashMap<>(optionsOfAll);
        options.putAll(section.namedTexts("options", "the sync's"));
        TableSettings table = new TableSettings(
                section.name(),
                object,
                section.optionalText("correlation_field"),
                maxRows,
                section.duration("poll_interval", "the sync's", pollInterval),
                columns(section),
                section.texts("upsert_on"),
                options);
        section.end();
        return table;
    }

    private static Map<String, String> columns(Section section) {
        Map<String, String> columns = section.namedTexts("columns");
        Map<String, String> columnOfField = new HashMap<>();
        columns.forEach((column, field) -> {
            if (column.isEmpty() || column.getBytes(StandardCharsets.UTF_8).length > LONGEST_IDENTIFIER) {
                section.mistake("columns", "has a name that is not 1 to " + LONGEST_IDENTIFIER + " bytes: " + column);
            }
            String other = columnOfField.put(field.toLowerCase(Locale.ROOT), column);
            if (other != null) {
                section.mistake("columns", "maps both " + other + " and " + column + " to " + field);
            }
        });
        return columns;
    }

    private static void checkIdentifier(Section section, String what) {
        if (section.name().isEmpty() || section.name().getBytes(StandardCharsets.UTF_8).length > LONGEST_IDENTIFIER) {
            section.mistake("is no name for a " + what + ": 1 to " + LONGEST_IDENTIFIER + " bytes");
        }
    }
}
