package io.penstock.node.soak;

import io.penstock.config.PoolSettings.Mode;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Mixed clients on both pools at once, each in a loop until the time is over. A failure that none of them provokes is noted. */
final class SoakLoad {
    private final SoakRig rig;
    private final @Nullable Path pgbench;
    private final Map<String, AtomicLong> done = new ConcurrentHashMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** @param pgbench the program, where there is one */
    SoakLoad(SoakRig rig, @Nullable Path pgbench) {
        this.rig = rig;
        this.pgbench = pgbench;
    }

    /** One of a client's rounds. */
    private interface Round {
        void play(Mode mode, Random random) throws Exception;
    }

    /** How often each kind of client has done what it does. */
    Map<String, Long> done() {
        Map<String, Long> all = new TreeMap<>();
        done.forEach((kind, count) -> all.put(kind, count.get()));
        return all;
    }

    /** What went wrong. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    void run(int seconds, long seed) throws InterruptedException, ExecutionException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Random seeds = new Random(seed);
            for (Mode mode : Mode.values()) {
                // In transaction mode more clients than servers.
                Map<Round, Integer> crowd = Map.of(
                        this::transfers, mode == Mode.TRANSACTION ? 12 : 4,
                        this::copies, 2,
                        this::mutations, 2,
                        this::notifications, 1,
                        this::cancels, 2,
                        this::deaths, 4,
                        this::killedPgbench, pgbench == null ? 0 : 1);
                crowd.forEach((round, clients) -> IntStream.range(0, clients).forEach(_ -> {
                    Random random = new Random(seeds.nextLong());
                    all.add(threads.submit(() -> repeat(round, mode, random, until)));
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    private void repeat(Round round, Mode mode, Random random, long until) {
        while (System.nanoTime() < until && failures.size() < 20) {
            try {
                round.play(mode, random);
            } catch (Exception failure) {
                failures.add(mode + ": " + failure);
            }
        }
    }

    private void count(Mode mode, String kind) {
        done.computeIfAbsent(kind + ", " + SoakRig.database(mode), _ -> new AtomicLong())
                .incrementAndGet();
    }

    /** As pgbench: what is in the accounts is what the history says, whoever is killed when. */
    private void transfers(Mode mode, Random random) throws SQLException {
        Connection client = rig.client(mode);
        try (PreparedStatement update = client.prepareStatement(
                        "update accounts set balance = balance + ? where id = ? returning balance");
                PreparedStatement insert = client.prepareStatement("insert into history values (?, ?)");
                PreparedStatement select = client.prepareStatement("select balance from accounts where id = ?")) {
            client.setAutoCommit(false);
            for (int n = random.nextInt(60); n >= 0; n--) {
                int account = 1 + random.nextInt(1_000);
                int delta = random.nextInt(2_000) - 1_000;
                update.setLong(1, delta);
                update.setInt(2, account);
                update.executeQuery().close();
                insert.setInt(1, account);
                insert.setLong(2, delta);
                insert.executeUpdate();
                if (n == 0 && random.nextInt(3) == 0) {
                    // Gone in the middle of its transaction.
                    client.abort(Runnable::run);
                    count(mode, "aborted");
                    return;
                }
                client.commit();
                select.setInt(1, account);
                select.executeQuery().close();
                client.commit();
                count(mode, "transfers");
            }
        } finally {
            if (!client.isClosed()) {
                client.close();
            }
        }
    }

    private void copies(Mode mode, Random random) throws SQLException, IOException {
        try (Connection client = rig.client(mode)) {
            var copy = client.unwrap(PGConnection.class).getCopyAPI();
            String rows = "7\tseven\n".repeat(1 + random.nextInt(5_000));
            copy.copyIn("copy copied from stdin", new StringReader(rows));
            copy.copyOut("copy (select * from copied limit 5000) to stdout", new StringWriter());
            try (Statement statement = client.createStatement()) {
                statement.execute("truncate copied");
            }
            count(mode, "copies");
        }
    }

    private void mutations(Mode mode, Random random) throws SQLException {
        try (Connection client = rig.client(mode);
                PreparedStatement insert = client.prepareStatement(
                        "insert into salesforce.contacts (last_name, department) values (?, 'Soak') returning id");
                PreparedStatement update =
                        client.prepareStatement("update salesforce.contacts set note = ? where id = ?");
                PreparedStatement delete = client.prepareStatement("delete from salesforce.contacts where id = ?")) {
            for (int n = 0; n < 5; n++) {
                insert.setString(1, "Soak " + random.nextInt(1_000_000));
                String id;
                try (ResultSet row = insert.executeQuery()) {
                    row.next();
                    id = row.getString(1);
                }
                update.setString(1, "note " + n);
                update.setString(2, id);
                require(update.executeUpdate() == 1, "an update of one row");
                delete.setString(1, id);
                require(delete.executeUpdate() == 1, "a delete of one row");
                count(mode, "mutated rows");
                // The API is not what is tried here, and it has limits.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        }
    }

    private void notifications(Mode mode, Random random) throws SQLException {
        String channel = "news" + random.nextInt(1_000_000);
        try (Connection listener = rig.client(mode);
                Connection sender = rig.client(mode);
                Statement listen = listener.createStatement();
                Statement notify = sender.createStatement()) {
            listen.execute("listen " + channel);
            for (int n = 0; n < 20; n++) {
                notify.execute("notify " + channel + ", '" + n + "'");
                PGNotification[] heard = listener.unwrap(PGConnection.class).getNotifications(30_000);
                require(heard.length == 1 && heard[0].getParameter().equals(Integer.toString(n)), "a notification");
                count(mode, "notifications");
            }
        }
    }

    private void cancels(Mode mode, Random random) throws SQLException {
        try (Connection client = rig.client(mode);
                Statement slow = client.createStatement();
                ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int n = 0; n < 10; n++) {
                int millis = random.nextInt(120);
                Future<?> cancel = other.submit(() -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
                    slow.cancel();
                    return null;
                });
                try {
                    slow.executeQuery("select pg_sleep(0.15)").close();
                    count(mode, "not cancelled in time");
                } catch (SQLException failure) {
                    require("57014".equals(failure.getSQLState()), "a cancel instead of " + failure);
                    count(mode, "cancelled");
                }
                cancel.get();
            }
        } catch (InterruptedException | ExecutionException failed) {
            throw new SQLException(failed);
        }
    }

    private void deaths(Mode mode, Random random) throws IOException {
        DyingClient.liveAndDie(rig.port(), SoakRig.database(mode), random);
        count(mode, "deaths");
    }

    private void killedPgbench(Mode mode, Random random) throws IOException, InterruptedException {
        String[] protocols = {"simple", "extended", "prepared"};
        Process process = new ProcessBuilder(
                        String.valueOf(pgbench),
                        "-n",
                        "-M",
                        protocols[random.nextInt(protocols.length)],
                        "-c",
                        "3",
                        "-T",
                        "5",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(rig.port()),
                        "-U",
                        "postgres",
                        SoakRig.database(mode))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor(500 + random.nextInt(3_000), TimeUnit.MILLISECONDS)) {
            throw new IOException("pgbench ended by itself with " + process.exitValue());
        }
        process.destroyForcibly().waitFor();
        count(mode, "killed pgbenches");
    }

    private static void require(boolean held, String what) {
        if (!held) {
            throw new IllegalStateException("not " + what);
        }
    }
}
