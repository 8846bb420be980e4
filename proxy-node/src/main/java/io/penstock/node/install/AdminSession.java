package io.penstock.node.install;

import io.penstock.config.DatabaseSettings;
import io.penstock.config.PostgresUrl;
import io.penstock.config.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Transactions with the rights of {@code admin_url}. Those that change something wait for one another, whichever node or command they are of. */
final class AdminSession {
    /** Any constant will do, as long as every node uses the same. */
    static final String TAKE_LOCK = "SELECT pg_catalog.pg_advisory_xact_lock(" + 0x70656e73746f636bL + ")";

    private AdminSession() {}

    /** Statements of one transaction. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    static <T> T changing(DatabaseSettings database, Work<T> work) throws SQLException {
        try (Connection connection = connect(database.adminUrl())) {
            connection.setAutoCommit(false);
            execute(connection, "set local client_min_messages = warning");
            execute(connection, TAKE_LOCK);
            T result = work.on(connection);
            connection.commit();
            return result;
        }
    }

    /** One picture of the catalog; nothing can be changed. */
    static <T> T reading(DatabaseSettings database, Work<T> work) throws SQLException {
        try (Connection connection = connect(database.adminUrl())) {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            return work.on(connection);
        }
    }

    /** Opens a connection of its own with the rights of {@code url}. */
    static Connection connect(PostgresUrl url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        Secret password = url.password();
        if (password != null) {
            properties.setProperty("password", password.reveal());
        }
        properties.setProperty("ApplicationName", "penstock installer");
        properties.setProperty("connectTimeout", "10");
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    static boolean exists(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
