package io.penstock.config.reader;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.penstock.config.ApiSettings;
import io.penstock.config.AuthMode;
import io.penstock.config.ClusterSettings;
import io.penstock.config.CredentialSettings;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.Endpoint;
import io.penstock.config.JournalSettings;
import io.penstock.config.LimitSettings;
import io.penstock.config.ListenerTlsSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.config.Secret;
import io.penstock.config.SignInSettings;
import io.penstock.config.UserSettings;
import io.penstock.config.UsersFromFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code penstock.conf}: HOCON with one root, {@code penstock}. {@code ${?NAME}} is looked up in the file first and then in the
 * environment. All mistakes are reported at once, each with its path and line; a key that is no setting is a mistake.
 */
public final class SettingsReader {
    private static final String ROOT = "penstock";
    private static final Endpoint DEFAULT_LISTEN = new Endpoint("127.0.0.1", 6432);
    private static final Endpoint DEFAULT_ADMIN = new Endpoint("127.0.0.1", 6480);
    private static final String ENDPOINT_FORM = "must be host:port, such as \"127.0.0.1:6432\"";

    /** AES-256. */
    private static final int KEY_BYTES = 32;

    private final Notes notes;
    private final Path directory;

    private SettingsReader(Notes notes, Path directory) {
        this.notes = notes;
        this.directory = directory;
    }

    /** Reads the file; relative paths in it are relative to its folder. */
    public static Reading read(Path file) {
        return read(file, System.getenv()::get);
    }

    /** As {@link #read(Path)}, with the environment given. */
    public static Reading read(Path file, Function<String, @Nullable String> environment) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException unreadable) {
            return new Reading.Invalid(List.of(new Mistake(file.toString(), 0, "cannot be read", null)));
        }
        Path folder = file.toAbsolutePath().getParent();
        return read(text, folder == null ? Path.of("/") : folder, environment);
    }

    /** Reads the file's text, as if it were in the folder. */
    public static Reading read(String text, Path folder, Function<String, @Nullable String> environment) {
        Config config;
        try {
            config = ConfigFactory.parseString(
                            text, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF))
                    .resolve(ConfigResolveOptions.defaults()
                            .setUseSystemEnvironment(false)
                            .appendResolver(new Environment(environment)));
        } catch (ConfigException broken) {
            return new Reading.Invalid(List.of(syntax(broken)));
        }
        Notes notes = new Notes(false);
        PenstockSettings settings = new SettingsReader(notes, folder).root(config.root());
        List<Mistake> mistakes = notes.mistakes();
        return settings == null || !mistakes.isEmpty() ? new Reading.Invalid(mistakes) : new Reading.Valid(settings);
    }

    /** Every setting there is, with its default as the file would say it; {@code <name>} stands for a name that the user chooses. */
    public static Map<String, String> vocabulary() {
        Notes notes = new Notes(true);
        new SettingsReader(notes, Path.of("/"))
                .penstock(Section.root(ROOT, ConfigValueFactory.fromMap(Map.of()), notes));
        return Map.copyOf(notes.vocabulary());
    }

    private static Mistake syntax(ConfigException broken) {
        int line = broken.origin() == null ? 0 : Math.max(broken.origin().lineNumber(), 0);
        if (broken instanceof ConfigException.UnresolvedSubstitution) {
            return new Mistake(ROOT, line, "uses a ${...} that is set nowhere; ${?...} would allow that", null);
        }
        // The library's message may quote the line, and the line may hold a password.
        return new Mistake("the file", line, "is not HOCON: a bracket, a quote or a value is out of place", null);
    }

    private @Nullable PenstockSettings root(ConfigObject root) {
        for (Map.Entry<String, ConfigValue> entry : root.entrySet()) {
            if (!entry.getKey().equals(ROOT)) {
                notes.mistake(
                        entry.getKey(),
                        entry.getValue().origin().lineNumber(),
                        "is not a setting: everything is under penstock { ... }",
                        Spelling.nearest(entry.getKey(), Set.of(ROOT)));
            }
        }
        if (root.get(ROOT) instanceof ConfigObject penstock) {
            return penstock(Section.root(ROOT, penstock, notes));
        }
        notes.mistake(ROOT, 1, "must be an object: penstock { ... }", null);
        return null;
    }

    private @Nullable PenstockSettings penstock(Section section) {
        Endpoint listen =
                section.parsed("listen", DEFAULT_LISTEN.toString(), DEFAULT_LISTEN, ENDPOINT_FORM, Endpoint::parse);
        Endpoint admin =
                section.parsed("admin", DEFAULT_ADMIN.toString(), DEFAULT_ADMIN, ENDPOINT_FORM, Endpoint::parse);
        Integer eventLoops = section.optionalNumber("event_loops", "one for every two cores", 1, 1_024);
        TlsReader tlsReader = new TlsReader(directory);
        ListenerTlsSettings tls = tlsReader.listener(section.section("tls"));
        AuthMode auth = section.choice("auth", AuthMode.class, AuthMode.SCRAM);
        Map<String, UserSettings> users = section.named("users", SettingsReader::user);
        Section signInSection = section.section("sign_in");
        UsersFromFile usersFile = usersFile(users, signInSection, tlsReader);
        SignInSettings signIn = new SignInSettings(
                DatabaseReader.ranges(signInSection, "allow"),
                signInSection.number("connections_per_address", 10_000, 1, 1_000_000),
                signInSection.number("failures_per_minute", 100, 0, 1_000_000),
                usersFile);
        signInSection.end();
        if (auth == AuthMode.TRUST && !listen.isLoopback()) {
            section.mistake("auth", "must not be trust while penstock.listen is reachable from other machines");
        }
        if (auth == AuthMode.CERT && (tls == null || tls.clientCa() == null)) {
            section.mistake("auth", "must not be cert without penstock.tls.client_ca");
        }
        if (auth == AuthMode.SCRAM
                && users.isEmpty()
                && (usersFile == null || usersFile.users().isEmpty())) {
            section.mistake("users", "must name a user: with auth = scram nobody else can log in");
        }
        Map<String, ApiSettings> apis = section.named("apis", new ApiReader(directory)::read);
        Map<String, DatabaseSettings> databases = section.named("databases", new DatabaseReader(apis, tlsReader)::read);
        Map<String, String> databaseOfSync = new TreeMap<>();
        for (DatabaseSettings database : databases.values()) {
            String syncId = database.signIn().syncId();
            String other = syncId == null ? null : databaseOfSync.put(syncId, database.name());
            if (other != null) {
                section.mistake(
                        "databases", "gives the sync_id " + syncId + " to " + other + " and " + database.name());
            }
        }
        if (databases.isEmpty()) {
            section.mistake("databases", "must name a database");
        }
        ClusterSettings cluster = cluster(section.section("cluster"));
        JournalSettings journal = journal(section.section("journal"));
        CredentialSettings credentials = credentials(section.section("credentials"));
        LimitSettings limits = limits(section.section("limits"));
        section.end();
        // With mistakes the records would refuse each other: their own rules are among those just reported.
        return notes.mistakes().isEmpty()
                ? new PenstockSettings(
                        listen,
                        admin,
                        eventLoops,
                        tls,
                        auth,
                        signIn,
                        users,
                        databases,
                        apis,
                        cluster,
                        journal,
                        credentials,
                        limits)
                : null;
    }

    private static @Nullable UsersFromFile usersFile(
            Map<String, UserSettings> configured, Section section, TlsReader files) {
        Path file = files.file(section, "users_file");
        if (file == null) {
            return null;
        }
        try {
            Map<String, UserSettings> users = UsersFile.read(file);
            users.keySet().stream()
                    .filter(configured::containsKey)
                    .forEach(name -> section.mistake("users_file", "names user " + name + ", as penstock.users does"));
            return new UsersFromFile(file, users);
        } catch (IOException unreadable) {
            section.mistake("users_file", "names a file that cannot be read");
        } catch (IllegalArgumentException wrong) {
            section.mistake("users_file", String.valueOf(wrong.getMessage()));
        }
        return null;
    }

    private static UserSettings user(Section section) {
        Secret password = section.optionalSecret("password");
        Secret verifier = section.optionalSecret("verifier");
        boolean given = section.has("password") || section.has("verifier");
        if (!given || (section.has("password") && section.has("verifier"))) {
            section.mistake("password", "must be given, or else verifier, and not both");
        }
        UserSettings user = new UserSettings(
                section.name(), verifier != null ? verifier : password != null ? password : Secret.of("none"));
        if ((verifier != null && !user.hasVerifier()) || user.hasBrokenVerifier()) {
            section.mistake(
                    verifier == null ? "password" : "verifier",
                    "must be SCRAM-SHA-256$iterations:salt$key:key, as in pg_authid.rolpassword");
        }
        section.end();
        return user;
    }

    private ClusterSettings cluster(Section section) {
        String host = section.text("host", "127.0.0.1");
        int port = section.number("port", 0, 0, 65_535);
        List<Endpoint> seedNodes = new ArrayList<>();
        for (String text : section.texts("seed_nodes")) {
            Endpoint seed = Endpoint.parse(text);
            if (seed == null || seed.port() == 0) {
                section.mistake("seed_nodes", "must be a list of host:port");
            } else {
                seedNodes.add(seed);
            }
        }
        if (!seedNodes.isEmpty() && port == 0) {
            section.mistake("port", "must be given: the other nodes have to find this one again");
        }
        section.end();
        return new ClusterSettings(new Endpoint(host.isEmpty() ? "127.0.0.1" : host, port), seedNodes);
    }

    private JournalSettings journal(Section section) {
        JournalSettings journal = new JournalSettings(
                directory.resolve(section.text("directory", "penstock-data")), section.duration("retention", "7d"));
        section.end();
        return journal;
    }

    private CredentialSettings credentials(Section section) {
        Secret key = section.optionalParsed("key", "must be 32 bytes in base64", SettingsReader::key);
        CredentialSettings credentials = new CredentialSettings(
                key, directory.resolve(section.text("key_file", "penstock-data/credentials.key")));
        section.end();
        return credentials;
    }

    private static @Nullable Secret key(String text) {
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES ? Secret.of(text) : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static LimitSettings limits(Section section) {
        LimitSettings limits = new LimitSettings(
                section.number("clients", 10_000, 1, 1_000_000),
                section.number("clients_per_user", 1_000_000, 1, 1_000_000),
                section.number("clients_per_database", 1_000_000, 1, 1_000_000),
                section.duration("authentication_timeout", "15s"),
                section.bytes("message", "64 MiB", 1 << 30),
                section.duration("client_write_timeout", "60s"));
        section.end();
        return limits;
    }

    /** Answers {@code ${?NAME}} from the environment. */
    private record Environment(Function<String, @Nullable String> variables) implements ConfigResolver {
        @Override
        public @Nullable ConfigValue lookup(String path) {
            String value = variables.apply(path);
            return value == null ? null : ConfigValueFactory.fromAnyRef(value, "environment variable");
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
