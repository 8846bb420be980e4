package io.penstock.node.crash;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Postgres that can be killed and started again on the same data and port. */
final class MortalPostgres implements AutoCloseable {
    private final Path folder;
    private EmbeddedPostgres postgres;

    MortalPostgres(Path folder) throws IOException {
        this.folder = folder;
        this.postgres = start(0);
    }

    private EmbeddedPostgres start(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("fsync", "off")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    int port() {
        return postgres.getPort();
    }

    /** Kills the postmaster and its children as kill -9 does. */
    void kill() throws Exception {
        long pid = Long.parseLong(Files.readAllLines(pidFile()).getFirst().trim());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
        all.addFirst(postmaster);
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle one : all) {
            one.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    /** Starts it again after {@link #kill}: crash recovery runs, and it takes clients when this returns. */
    void restart() throws IOException {
        int port = port();
        postgres.close();
        Files.deleteIfExists(pidFile());
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            postgres = start(port);
            return true;
        });
    }

    private Path pidFile() {
        return folder.resolve("postmaster.pid");
    }

    Connection superuser() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + port() + "/postgres?user=postgres");
    }

    void sql(String... statements) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** Rows as their columns' texts. */
    List<List<String>> query(String sql) {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<List<String>> all = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.add(String.valueOf(rows.getString(column)));
                }
                all.add(row);
            }
            return all;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
