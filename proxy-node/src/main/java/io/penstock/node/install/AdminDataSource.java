package io.penstock.node.install;

import io.penstock.adapters.Ddl;
import io.penstock.config.DatabaseSettings;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections as the role {@code penstock}, by the rights of {@code admin_url}, for what a command does once. Not pooled. */
public final class AdminDataSource implements DataSource {
    private final DatabaseSettings database;

    public AdminDataSource(DatabaseSettings database) {
        this.database = database;
    }

    /** Whether there is a place for credentials. */
    public boolean hasCredentials() throws SQLException {
        return AdminSession.reading(
                database,
                connection -> AdminSession.exists(
                        connection, "select where pg_catalog.to_regclass('penstock.credentials') is not null"));
    }

    /** Whether one of this account is kept there. */
    public boolean hasCredential(String account) throws SQLException {
        try (Connection connection = getConnection()) {
            return AdminSession.exists(
                    connection, "select from penstock.credentials where account = " + Ddl.literal(account));
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = AdminSession.connect(database.adminUrl());
        try {
            AdminSession.execute(connection, "set role penstock");
            return connection;
        } catch (SQLException refused) {
            connection.close();
            throw refused;
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the configuration says who connects");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        // The driver has its own.
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("fixed");
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("none");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
