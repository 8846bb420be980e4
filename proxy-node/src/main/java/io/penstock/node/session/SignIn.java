package io.penstock.node.session;

import io.penstock.config.AddressRange;
import io.penstock.config.AuthMode;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.config.Secret;
import io.penstock.config.SignInSettings;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.Credentials;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.auth.ScramVerifier;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.session.SessionSettings.Authentication;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who may sign in at a node, and how. Safe for use by several threads. */
public final class SignIn {
    private static final int NONCE_BYTES = 18;

    private final AuthMode mode;
    private final Users users;
    private final Map<String, String> databaseOfSync;
    private final SignInSettings settings;
    private final AddressLimits addresses;
    private final SecureRandom random;

    /** As the file says it. */
    public SignIn(PenstockSettings settings, Users users, SecureRandom random) {
        this(settings.auth(), users, databaseOfSync(settings), settings.signIn(), random);
    }

    /** Without lists and limits. */
    SignIn(AuthMode mode, Map<String, UserSettings> users, SignInSettings settings, SecureRandom random) {
        this(
                mode,
                new Users(users, settings.usersFile(), List.of(), random),
                Map.of("sync_j8sual", "postgres"),
                settings,
                random);
    }

    private SignIn(
            AuthMode mode,
            Users users,
            Map<String, String> databaseOfSync,
            SignInSettings settings,
            SecureRandom random) {
        this.mode = mode;
        this.users = users;
        this.databaseOfSync = databaseOfSync;
        this.settings = settings;
        this.addresses =
                new AddressLimits(settings.connectionsPerAddress(), settings.failuresPerMinute(), System::nanoTime);
        this.random = random;
    }

    private static Map<String, String> databaseOfSync(PenstockSettings settings) {
        Map<String, String> databases = new HashMap<>();
        for (DatabaseSettings database : settings.databases().values()) {
            String syncId = database.signIn().syncId();
            if (syncId != null) {
                databases.put(syncId, database.name());
            }
        }
        return databases;
    }

    /** The users of the configuration, and of the file that it names. */
    public static Users users(PenstockSettings settings, SecureRandom random) {
        return new Users(settings.users(), settings.signIn().usersFile(), secrets(settings), random);
    }

    /** What every node with the same file knows, and nobody else. */
    private static List<Secret> secrets(PenstockSettings settings) {
        List<Secret> secrets = new ArrayList<>();
        for (DatabaseSettings database : settings.databases().values()) {
            Secret url = database.url().password();
            Secret query = database.signIn().queryPassword();
            if (url != null) {
                secrets.add(url);
            }
            if (query != null) {
                secrets.add(query);
            }
        }
        return secrets;
    }

    Authentication authentication() {
        return switch (mode) {
            case TRUST -> new Authentication.Trust();
            case SCRAM, QUERY -> {
                byte[] nonce = new byte[NONCE_BYTES];
                random.nextBytes(nonce);
                yield new Authentication.Scram(Base64.getEncoder().encodeToString(nonce), users.mockKey());
            }
            case CERT -> new Authentication.Certificate();
        };
    }

    /**
     * What logs a user in to Postgres as itself. A configured password is used as it is, since Postgres has another salt for it and so other keys;
     * else the keys of the client's own login do it, for whom Postgres has the same verifier.
     *
     * @param keys null where the client did not log in by SCRAM
     */
    public static Credentials upstream(@Nullable UserSettings user, @Nullable ScramKeys keys) {
        if (user != null && !user.hasVerifier()) {
            return new Credentials.Password(user.secret().reveal());
        }
        return keys == null ? new Credentials.None() : new Credentials.Keys(keys);
    }

    Map<String, String> databaseOfSync() {
        return databaseOfSync;
    }

    /**
     * The verifier of a user; empty if there is none, which the client must not notice. Fails when it cannot be found out.
     *
     * @param door of the database that was asked for, null if there is no such database
     */
    CompletionStage<Optional<ScramVerifier>> verifier(String user, @Nullable DatabaseDoor door) {
        Optional<ScramVerifier> own = Optional.ofNullable(users.find(user));
        if (mode != AuthMode.QUERY || door == null || door.roles() == null) {
            return CompletableFuture.completedFuture(own);
        }
        CompletionStage<Optional<ScramVerifier>> asked = door.roles().find(user);
        // Postgres is asked for a user of the file too, or a quick answer would tell which those are.
        return own.isPresent() ? asked.handle((_, _) -> own) : asked;
    }

    /**
     * Counts a connection; {@link #leave} must follow if it is let in.
     *
     * @return why it is turned away, or null
     */
    @Nullable
    PgError arrive(InetAddress address) {
        if (!AddressRange.admits(settings.allow(), address)) {
            return ErrorCode.ADDRESS_NOT_ALLOWED.error(address.getHostAddress());
        }
        PgError barred = barred(address);
        if (barred != null) {
            return barred;
        }
        return addresses.connect(address)
                ? null
                : ErrorCode.TOO_MANY_CLIENTS
                        .error()
                        .withDetail("This address has as many connections as one address may have.");
    }

    /** Why an address is turned away by now, or null: the guesses of many connections at once count together. */
    @Nullable
    PgError barred(InetAddress address) {
        return addresses.isBarred(address) ? ErrorCode.TOO_MANY_FAILED_LOGINS.error() : null;
    }

    void leave(InetAddress address) {
        addresses.disconnect(address);
    }

    /** A client did not know the password. */
    void failed(InetAddress address) {
        addresses.fail(address);
    }
}
