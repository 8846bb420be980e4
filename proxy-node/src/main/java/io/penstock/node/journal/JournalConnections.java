package io.penstock.node.journal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

/**
 * The few connections of a node for the journal, recovery and sync, apart from those that store the rows of running statements: an intent
 * must be committed although its statement's own transaction is open.
 */
public final class JournalConnections {
    private JournalConnections() {}

    /**
     * @param jdbcUrl of the database that holds the synced tables
     * @param user the writer's, {@code penstock_writer}
     * @param size two for the journal, and one each for recovery and sync, is enough for a node: an intent is committed in groups
     */
    public static HikariDataSource open(String jdbcUrl, String user, @Nullable String password, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("journal");
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(5_000);
        // The node starts where Postgres is away, and says so where it is asked.
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "penstock journal");
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        // A dead peer must not hold an intent for ever; the longest that anything here waits on purpose is recovery for
        // an API, between its statements.
        config.addDataSourceProperty("socketTimeout", "60");
        config.addDataSourceProperty("prepareThreshold", "1");
        config.addDataSourceProperty("stringtype", "unspecified");
        // Whatever the role or the database says: an intent that is not on disk is none. Recovery holds its lock while
        // it asks an API.
        config.addDataSourceProperty(
                "options",
                "-c synchronous_commit=on -c idle_in_transaction_session_timeout=0 -c statement_timeout=30s -c"
                        + " search_path=pg_catalog,pg_temp -c timezone=UTC -c datestyle=ISO -c"
                        + " default_transaction_isolation=read\\ committed");
        return new HikariDataSource(config);
    }
}
