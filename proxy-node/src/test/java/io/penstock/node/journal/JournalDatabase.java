package io.penstock.node.journal;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.DatabaseSignInSettings;
import io.penstock.config.MutationSettings;
import io.penstock.config.PoolSettings;
import io.penstock.config.PostgresUrl;
import io.penstock.config.WriterSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.install.DatabaseInstaller;
import io.penstock.node.install.TableInstaller;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real Postgres with everything installed as a node installs it, the guard included, and {@code crm.contacts} with one local column {@code note}. */
public final class JournalDatabase implements AutoCloseable {
    private final TestPostgres postgres;
    private final HikariDataSource connections;

    private JournalDatabase(TestPostgres postgres, HikariDataSource connections) {
        this.postgres = postgres;
        this.connections = connections;
    }

    public static JournalDatabase start() throws SQLException {
        TestPostgres postgres = TestPostgres.start();
        PostgresUrl admin =
                new PostgresUrl(postgres.address().host(), postgres.address().port(), "postgres", "postgres", null);
        DatabaseSettings settings = new DatabaseSettings(
                "test",
                admin,
                admin,
                DatabaseSignInSettings.of(admin),
                DatabaseSettings.Login.URL,
                new WriterSettings("penstock_writer", null, 4),
                new PoolSettings(PoolSettings.Mode.SESSION, 4, Duration.ofSeconds(5)),
                new MutationSettings(MutationSettings.InTransaction.ESCAPE, true),
                Map.of());
        DatabaseInstaller installer = new DatabaseInstaller(settings, "localhost:6432");
        installer.installBase();
        // Every node does it at every start.
        installer.installBase();
        new TableInstaller(settings).install(FakeCrm.CONTACTS, "crm");
        postgres.sql("alter table crm.contacts add column note text");
        return new JournalDatabase(postgres, JournalConnections.open(admin.jdbcUrl(), "penstock_writer", null, 8));
    }

    /** As the writer. */
    public HikariDataSource connections() {
        return connections;
    }

    /** As superuser, around everything. */
    public void sql(String sql) throws SQLException {
        postgres.sql(sql);
    }

    public Connection superuser() throws SQLException {
        return postgres.connection();
    }

    /** The rows of a query, each as its columns' texts joined by {@code |}, null as the empty text. */
    public List<String> query(String sql) throws SQLException {
        try (Connection connection = postgres.connection()) {
            return query(connection, sql);
        }
    }

    public static List<String> query(Connection connection, String sql) throws SQLException {
        List<String> result = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    @Nullable String value = rows.getString(i);
                    columns.add(value == null ? "" : value);
                }
                result.add(String.join("|", columns));
            }
        }
        return result;
    }

    /** Empties journal, positions and table. */
    public void clear() throws SQLException {
        sql("truncate penstock.mutation_journal, penstock.sync_state");
        emptyTable();
    }

    /** As the writer: the guard refuses it to everybody else. */
    public void emptyTable() throws SQLException {
        try (Connection connection = connections.getConnection()) {
            SyncedRowStore.begin(connection, Duration.ofSeconds(5));
            try (Statement statement = connection.createStatement()) {
                statement.execute("delete from crm.contacts");
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
        postgres.close();
    }
}
