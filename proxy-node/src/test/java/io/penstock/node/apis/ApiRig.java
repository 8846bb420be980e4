package io.penstock.node.apis;

import io.penstock.config.PenstockSettings;
import io.penstock.node.Node;
import io.penstock.node.SyncTables;
import io.penstock.node.TestSettings;
import io.penstock.sandbox.server.ReceivedRequest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A Postgres, an API's sandbox, and a node between them. */
final class ApiRig implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ContractApi api;
    private final Path folder;
    private final EmbeddedPostgres postgres;
    private Node node;

    /** @param folder the node's, to be deleted behind {@link #close} */
    ApiRig(ContractApi api, Path folder) throws Exception {
        this.api = api;
        this.folder = folder;
        this.postgres =
                EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        this.node = Node.start(settings("postgres"));
        node.awaitFilled(PATIENCE);
    }

    private PenstockSettings settings(String database) {
        String text = """
            penstock {
              listen = "127.0.0.1:0"
              admin  = "127.0.0.1:0"
              auth   = trust
              event_loops = 1
              databases.contract {
                url = "postgresql://postgres@127.0.0.1:%d/%s"
                syncs.%s {
                  api = account
                  poll_interval = 1h
                  %s
                }
              }
              apis.account {
                %s
                timeouts { request = 10s, server = 3s }
              }
            }
            """.formatted(postgres.getPort(), database, api.name(), api.tables(), api.account());
        return TestSettings.read(text, folder, _ -> null);
    }

    /** Ends the node in good order and starts it again. */
    void restart() throws Exception {
        node.close();
        node = Node.start(settings("postgres"));
        node.awaitFilled(PATIENCE);
    }

    /** What {@code sync plan} finds, or {@code sync apply} does, in the node's database or another one. */
    List<SyncTables.Report> sync(String database, boolean change) {
        List<SyncTables.Report> reports = new ArrayList<>();
        try (SyncTables tables = new SyncTables(settings(database))) {
            if (change) {
                tables.apply(Set.of(), reports::add);
            } else {
                tables.plan(Set.of(), reports::add);
            }
        }
        return reports;
    }

    /** Another database without anything in it. */
    void create(String database) throws SQLException {
        try (Connection direct = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
                Statement statement = direct.createStatement()) {
            statement.execute("create database " + database);
        }
    }

    /** Names, types and comments of the table's columns. */
    List<Map<String, @Nullable String>> columns(String database) throws SQLException {
        try (Connection direct = DriverManager.getConnection(postgres.getJdbcUrl("postgres", database))) {
            return rows(
                    direct,
                    "select attname, format_type(atttypid, atttypmod) as type, attnotnull, col_description(attrelid,"
                            + " attnum) as label from pg_attribute where attrelid = '" + table()
                            + "'::regclass and attnum > 0 order by attnum");
        }
    }

    /** {@code schema.table}. */
    String table() {
        return api.name() + "." + api.table();
    }

    Connection client() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + node.listenAddress().getPort() + "/contract", "postgres", "");
    }

    // ---- statements ----

    /** The rows that a statement gives through the proxy. Values as text. */
    List<Map<String, @Nullable String>> rows(String sql) throws SQLException {
        try (Connection client = client()) {
            return rows(client, sql);
        }
    }

    static List<Map<String, @Nullable String>> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<Map<String, @Nullable String>> all = new ArrayList<>();
            while (rows.next()) {
                Map<String, @Nullable String> row = new LinkedHashMap<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.put(rows.getMetaData().getColumnName(i), rows.getString(i));
                }
                all.add(row);
            }
            return all;
        }
    }

    /** How many rows a statement without RETURNING says that it has changed. */
    int count(String sql) throws SQLException {
        try (Connection client = client();
                Statement statement = client.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    /** The error of a statement that must fail. */
    ServerErrorMessage error(String sql) throws SQLException {
        try (Connection client = client();
                Statement statement = client.createStatement()) {
            statement.execute(sql);
        } catch (PSQLException refused) {
            return Objects.requireNonNull(refused.getServerErrorMessage(), "no error of the server");
        }
        throw new AssertionError("was not refused: " + sql);
    }

    /** What Postgres really holds, past the proxy. */
    List<Map<String, @Nullable String>> stored(String sql) throws SQLException {
        try (Connection direct = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"))) {
            return rows(direct, sql);
        }
    }

    String insert(List<Map<String, String>> rows) {
        List<String> tuples = rows.stream()
                .map(row -> "(" + String.join(", ", row.values()) + ")")
                .toList();
        return "insert into " + table() + " ("
                + String.join(", ", rows.getFirst().keySet()) + ") values " + String.join(", ", tuples);
    }

    // ---- the API ----

    /** Where the log of requests stands now. */
    long mark() {
        return api.sandbox().requests().stream()
                .mapToLong(ReceivedRequest::number)
                .max()
                .orElse(0);
    }

    /** What arrived since the mark about records. */
    List<ReceivedRequest> requests(long mark) {
        return api.sandbox().requests().stream()
                .filter(request -> request.number() > mark && api.isData(request))
                .toList();
    }

    /** Somebody deletes a record past the proxy. */
    void deleteAtApi(String id) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(api.deletion(id).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException("the sandbox answered " + answer.statusCode() + ": " + answer.body());
            }
        }
    }

    @Override
    public void close() throws IOException {
        node.close();
        api.sandbox().close();
        postgres.close();
    }
}
