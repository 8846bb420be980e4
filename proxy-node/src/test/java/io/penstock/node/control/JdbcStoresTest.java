package io.penstock.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.penstock.config.Secret;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.control.CredentialStore.Begun;
import io.penstock.node.control.CredentialStore.Origin;
import io.penstock.node.control.StoredCredential.Revocation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.TimeoutSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Credentials and epochs in a real Postgres. */
class JdbcStoresTest {
    private static final Origin ORIGIN = new Origin(Secret.of("refresh-0"), null);
    private static final TestPostgres POSTGRES = TestPostgres.start();

    private static final Config LEASE_TIMES =
            ConfigFactory.parseString("heartbeat-interval = 1s, heartbeat-timeout = 10s, lease-operation-timeout = 5s");

    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final JdbcCredentialStore credentials = store(new byte[32]);
    private final JdbcEpochStore epochs;

    JdbcStoresTest() {
        database.setUrl("jdbc:postgresql://localhost:" + POSTGRES.address().port() + "/postgres?user=postgres");
        epochs = new JdbcEpochStore(database, Runnable::run);
    }

    @BeforeAll
    static void install() throws SQLException, IOException {
        POSTGRES.sql("create schema penstock");
        try (InputStream in = JdbcCredentialStore.class.getResourceAsStream("/penstock/credentials.sql")) {
            String sql = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            POSTGRES.sql(sql);
            POSTGRES.sql(sql);
        }
    }

    private PostgresLease lease(String owner) {
        return new PostgresLease(
                new LeaseSettings("nodes-sbr", owner, TimeoutSettings.apply(LEASE_TIMES), ConfigFactory.empty()),
                new PostgresLease.InDatabase(() -> database, Runnable::run));
    }

    @Test
    void ofTwoPartsOfAClusterOneGoesOn() throws SQLException {
        PostgresLease one = lease("one:1");
        PostgresLease other = lease("other:2");
        assertThat(one.checkLease()).isFalse();

        assertThat(get(one.acquire())).isTrue();
        assertThat(get(other.acquire())).isFalse();
        assertThat(get(one.acquire())).as("again").isTrue();
        assertThat(one.checkLease()).isTrue();
        assertThat(other.checkLease()).isFalse();

        assertThat(get(other.release())).as("of somebody else's").isTrue();
        assertThat(get(other.acquire())).isFalse();
        assertThat(get(one.release())).isTrue();
        assertThat(one.checkLease()).isFalse();
        assertThat(get(other.acquire())).isTrue();

        POSTGRES.sql("update penstock.cluster_leases set until = now() - interval '1 second'");
        assertThat(get(one.acquire())).as("after the time of one that has died").isTrue();
    }

    @AfterAll
    static void stop() throws Exception {
        POSTGRES.close();
    }

    @Test
    void whatWasStoredIsLoadedByTheNextOwner() {
        Begun first = get(credentials.begin("loaded", ORIGIN));
        assertThat(first)
                .isEqualTo(new Begun(1, new StoredCredential(1, null, Secret.of("refresh-0"), null, null, null), null));
        StoredCredential fresh = new StoredCredential(
                2, Secret.of("access-1"), Secret.of("refresh-1"), "https://x", Duration.ofHours(1), null);
        assertThat(get(credentials.store("loaded", 1, fresh))).isTrue();

        Begun second = get(credentials.begin("loaded", ORIGIN));

        assertThat(second.epoch()).isEqualTo(2);
        assertThat(second.credential().accessToken()).isEqualTo(Secret.of("access-1"));
        assertThat(second.credential().refreshToken()).isEqualTo(Secret.of("refresh-1"));
        assertThat(second.credential().baseUrl()).isEqualTo("https://x");
        assertThat(second.credential().validFor()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    }

    @Test
    void onlyTheNewestOwnerMayClaimAndAClaimHoldsTheNextOneBack() {
        long old = get(credentials.begin("claimed", ORIGIN)).epoch();
        assertThat(get(credentials.claim("claimed", old))).isTrue();
        Begun begun = get(credentials.begin("claimed", ORIGIN));

        assertThat(begun.claimedFor()).isBetween(Duration.ofSeconds(30), CredentialStore.CLAIM_LIFE);
        assertThat(get(credentials.claim("claimed", old))).isFalse();
        assertThat(get(credentials.store("claimed", 1, begun.credential()))).isTrue();
        assertThat(get(credentials.begin("claimed", ORIGIN)).claimedFor()).isNull();
    }

    @Test
    void aCredentialTakesThePlaceOfTheOneItCameFromOnly() {
        get(credentials.begin("versions", ORIGIN));
        StoredCredential fresh = new StoredCredential(2, Secret.of("a"), Secret.of("r"), null, null, null);

        assertThat(get(credentials.store("versions", 1, fresh))).isTrue();
        assertThat(get(credentials.store("versions", 1, fresh))).isFalse();
    }

    @Test
    void aRevocationIsKeptUntilSomebodyAuthorisesAgain() {
        get(credentials.begin("revoked", ORIGIN));
        Revocation why = new Revocation("invalid_grant", "expired");
        StoredCredential revoked = new StoredCredential(1, null, Secret.of("refresh-0"), null, null, why);
        assertThat(get(credentials.store("revoked", 1, revoked))).isTrue();
        assertThat(get(credentials.begin("revoked", ORIGIN)).credential().revoked())
                .isEqualTo(why);

        Begun again = get(credentials.begin("revoked", new Origin(Secret.of("refresh-new"), null)));

        assertThat(again.credential())
                .isEqualTo(new StoredCredential(2, null, Secret.of("refresh-new"), null, null, null));
    }

    @Test
    void anotherKeySaysSoAndOverwritesNothing() {
        get(credentials.begin("keys", ORIGIN));
        byte[] other = new byte[32];
        other[0] = 1;

        Revocation revoked = Objects.requireNonNull(
                get(store(other).begin("keys", ORIGIN)).credential().revoked());

        assertThat(revoked.code()).isEqualTo("credential_unreadable");
        assertThat(get(credentials.begin("keys", ORIGIN)).credential().refreshToken())
                .isEqualTo(Secret.of("refresh-0"));
    }

    /** Catalogue A-12. */
    @Test
    void noTokenStandsInTheTable() throws SQLException {
        get(credentials.begin("canary", new Origin(Secret.of("canary-refresh"), Secret.of("canary-access"))));
        try (Connection connection = POSTGRES.connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select count(*) from penstock.credentials c where c::text like '%canary-%' or"
                                + " encode(sealed, 'escape') like '%canary-%'")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }
    }

    @Test
    void aLimitersEpochsCountUpAndAnOldOwnerIsToldSo() {
        LimiterNote note = new LimiterNote(false, Map.of());
        EpochStore.Begun first = get(epochs.begin("crm"));
        assertThat(first).isEqualTo(new EpochStore.Begun(1, null, null));
        assertThat(get(epochs.renew("crm", 1, note))).isTrue();

        EpochStore.Begun second = get(epochs.begin("crm"));

        assertThat(second.epoch()).isEqualTo(2);
        assertThat(second.sinceSeen()).isBetween(Duration.ZERO, Duration.ofSeconds(30));
        assertThat(get(epochs.renew("crm", 1, note))).isFalse();
        assertThat(get(epochs.renew("crm", 2, note))).isTrue();
    }

    @Test
    void aLimitersNoteIsForTheOwnerAfterItAndForNobodyElse() {
        LimiterNote note = new LimiterNote(
                true,
                Map.of(
                        "daily",
                        new LimiterNote.WindowNote(
                                List.of(new LimiterNote.Spent(1_000, 7), new LimiterNote.Spent(-5, 1)),
                                -3,
                                new LimiterNote.Told(100, 90, null)),
                        "burst",
                        new LimiterNote.WindowNote(List.of(), 5_000, null)));
        get(epochs.begin("noted"));
        get(epochs.renew("noted", 1, new LimiterNote(false, Map.of())));
        get(epochs.renew("noted", 1, note));

        assertThat(get(epochs.begin("noted")).note()).isEqualTo(note);
        get(epochs.renew("noted", 1, note));
        assertThat(get(epochs.begin("noted")).note())
                .as("that of an owner which has ended without one")
                .isNull();
    }

    @Test
    void aNoteOfAnotherVersionIsNone() throws SQLException {
        get(epochs.begin("strange"));
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("update penstock.limiters set note = '{\"of\": \"tomorrow\"}' where account = 'strange'");
        }
        EpochStore.Begun begun = get(epochs.begin("strange"));
        assertThat(begun.epoch()).isEqualTo(2);
        assertThat(begun.note()).isNull();
    }

    private JdbcCredentialStore store(byte[] key) {
        return new JdbcCredentialStore(database, new CredentialCipher(key, new SecureRandom()), Runnable::run);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
