package io.penstock.node.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.config.Secret;
import io.penstock.node.control.StoredCredential.Revocation;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Credentials in {@code penstock.credentials}, see {@code credentials.sql}. All times are Postgres's, so the nodes' clocks do not matter. */
public final class JdbcCredentialStore implements CredentialStore {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String BEGIN = """
        insert into penstock.credentials as kept (account, epoch, version, origin, sealed)
        values (?, 1, 1, ?, ?)
        on conflict (account) do update set
            epoch = kept.epoch + 1,
            version = case when kept.origin = excluded.origin then kept.version else kept.version + 1 end,
            sealed = case when kept.origin = excluded.origin then kept.sealed else excluded.sealed end,
            base_url = case when kept.origin = excluded.origin then kept.base_url end,
            expires_at = case when kept.origin = excluded.origin then kept.expires_at end,
            revoked_code = case when kept.origin = excluded.origin then kept.revoked_code end,
            revoked_message = case when kept.origin = excluded.origin then kept.revoked_message end,
            claimed_until = case when kept.origin = excluded.origin then kept.claimed_until end,
            origin = excluded.origin
        returning epoch, version, sealed, base_url, revoked_code, revoked_message,
            (extract(epoch from expires_at - clock_timestamp()) * 1000)::bigint as valid_for,
            (extract(epoch from claimed_until - clock_timestamp()) * 1000)::bigint as claimed_for
        """;

    private static final String LOOK = """
        select version, sealed, base_url, revoked_code, revoked_message,
            (extract(epoch from expires_at - clock_timestamp()) * 1000)::bigint as valid_for
        from penstock.credentials where account = ? and origin = ?
        """;

    private static final String CLAIM = "update penstock.credentials"
            + " set claimed_until = clock_timestamp() + ? * interval '1 millisecond' where account = ? and epoch = ?";

    private static final String STORE = """
        update penstock.credentials set
            version = ?, sealed = ?, base_url = ?, revoked_code = ?, revoked_message = ?, claimed_until = null,
            expires_at = clock_timestamp() + ? * interval '1 millisecond', updated_at = clock_timestamp()
        where account = ? and version = ?
        """;

    private static final Revocation UNREADABLE =
            new Revocation("credential_unreadable", "The kept credential cannot be decrypted with this node's key.");

    private final JdbcCalls calls;
    private final CredentialCipher cipher;

    /** @param blocking where statements may block: one virtual thread each */
    public JdbcCredentialStore(DataSource database, CredentialCipher cipher, Executor blocking) {
        this.calls = new JdbcCalls(database, blocking);
        this.cipher = cipher;
    }

    @Override
    public CompletionStage<Begun> begin(String account, Origin origin) {
        return calls.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(BEGIN)) {
                statement.setString(1, account);
                statement.setString(2, hash(account, origin));
                statement.setBytes(3, cipher.seal(account, tokens(origin.accessToken(), origin.refreshToken())));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    Long claimedFor = row.getObject("claimed_for", Long.class);
                    return new Begun(
                            row.getLong("epoch"),
                            credential(account, row),
                            claimedFor == null || claimedFor <= 0 ? null : Duration.ofMillis(claimedFor));
                }
            }
        });
    }

    @Override
    public CompletionStage<Optional<StoredCredential>> look(String account, Origin origin) {
        return calls.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
                statement.setString(1, account);
                statement.setString(2, hash(account, origin));
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(credential(account, row)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public CompletionStage<Boolean> claim(String account, long epoch) {
        return calls.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
                statement.setLong(1, CLAIM_LIFE.toMillis());
                statement.setString(2, account);
                statement.setLong(3, epoch);
                return statement.executeUpdate() == 1;
            }
        });
    }

    @Override
    public CompletionStage<Boolean> store(String account, long expectedVersion, StoredCredential credential) {
        return calls.call(connection -> store(connection, account, expectedVersion, credential));
    }

    private boolean store(Connection connection, String account, long expectedVersion, StoredCredential credential)
            throws SQLException {
        Revocation revoked = credential.revoked();
        Duration validFor = credential.validFor();
        try (PreparedStatement statement = connection.prepareStatement(STORE)) {
            statement.setLong(1, credential.version());
            statement.setBytes(2, cipher.seal(account, tokens(credential.accessToken(), credential.refreshToken())));
            statement.setString(3, credential.baseUrl());
            statement.setString(4, revoked == null ? null : revoked.code());
            statement.setString(5, revoked == null ? null : revoked.message());
            if (validFor == null) {
                statement.setNull(6, Types.BIGINT);
            } else {
                statement.setLong(6, validFor.toMillis());
            }
            statement.setString(7, account);
            statement.setLong(8, expectedVersion);
            return statement.executeUpdate() == 1;
        }
    }

    private StoredCredential credential(String account, ResultSet row) throws SQLException {
        String code = row.getString("revoked_code");
        String message = row.getString("revoked_message");
        Revocation revoked = code == null ? null : new Revocation(code, message == null ? code : message);
        Long validFor = row.getObject("valid_for", Long.class);
        JsonNode tokens;
        try {
            tokens = JSON.readTree(cipher.open(account, row.getBytes("sealed")));
        } catch (GeneralSecurityException | JsonProcessingException otherKey) {
            return new StoredCredential(row.getLong("version"), null, null, null, null, UNREADABLE);
        }
        return new StoredCredential(
                row.getLong("version"),
                secret(tokens, "access"),
                secret(tokens, "refresh"),
                row.getString("base_url"),
                validFor == null ? null : Duration.ofMillis(validFor),
                revoked);
    }

    private static @Nullable Secret secret(JsonNode tokens, String name) {
        String text = tokens.path(name).asText("");
        return text.isEmpty() ? null : Secret.of(text);
    }

    private static String tokens(@Nullable Secret access, @Nullable Secret refresh) {
        ObjectNode tokens = JSON.createObjectNode();
        if (access != null) {
            tokens.put("access", access.reveal());
        }
        if (refresh != null) {
            tokens.put("refresh", refresh.reveal());
        }
        return tokens.toString();
    }

    private static String hash(String account, Origin origin) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String configured = account + "\n" + tokens(origin.accessToken(), origin.refreshToken());
            return HexFormat.of().formatHex(digest.digest(configured.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException unavailable) {
            throw new IllegalStateException("SHA-256 is part of every JDK", unavailable);
        }
    }
}
