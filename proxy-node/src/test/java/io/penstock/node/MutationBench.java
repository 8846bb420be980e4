package io.penstock.node;

import io.penstock.adapters.Operation;
import io.penstock.config.PenstockSettings;
import io.penstock.node.mutation.CrashPoints;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.ReceivedRequest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a mutation costs over the API call that it needs: a one-row INSERT and UPDATE with RETURNING by pgjdbc through a node with its journal, and the
 * same composite request sent bare, in turns, so that a noisy machine is noisy for both. {@code bench/mutation} runs it. Postgres flushes, as it does
 * by default.
 */
final class MutationBench {
    private static final Pattern TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern CORRELATION = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final SalesforceSandbox sandbox;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String token;

    private final Stopwatch stopwatch;
    private final int count;

    private MutationBench(SalesforceSandbox sandbox, Stopwatch stopwatch, int count) throws Exception {
        this.sandbox = sandbox;
        this.stopwatch = stopwatch;
        this.count = count;
        this.token = token();
    }

    /** A statement with a number of its own. */
    private interface NumberedStatement {
        void run(int number) throws Exception;
    }

    /** One thing to be timed. */
    private interface Step {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        int count = Integer.getInteger("count", 1000);
        Duration latency = Duration.ofMillis(Integer.getInteger("latency", 0));
        Path folder = Files.createTempDirectory("penstock-bench-");
        Stopwatch stopwatch = new Stopwatch();
        try (SalesforceSandbox sandbox = SalesforceSandbox.start(
                        SalesforceConfig.defaults().withData(1, 1).withLatency(latency));
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                Node node = Node.start(settings(folder, sandbox, postgres.getPort()), stopwatch)) {
            node.awaitFilled(Duration.ofSeconds(60));
            try (Connection direct = connect(postgres.getPort());
                    Connection client = connect(node.listenAddress().getPort())) {
                MutationBench bench = new MutationBench(sandbox, stopwatch, count);
                bench.describe(direct, latency);
                bench.warmUpAndMeasureCommit(direct);
                bench.insert(client);
                bench.update(client);
                System.out.printf("load average at the end %s%n", load());
            }
        }
    }

    private void describe(Connection direct, Duration latency) throws SQLException {
        System.out.printf(
                "%d cores, load average before %s; Java %s; Postgres %s, fsync %s, synchronous_commit %s,"
                        + " wal_sync_method %s%n",
                Runtime.getRuntime().availableProcessors(),
                load(),
                Runtime.version(),
                setting(direct, "server_version"),
                setting(direct, "fsync"),
                setting(direct, "synchronous_commit"),
                setting(direct, "wal_sync_method"));
        System.out.printf(
                "client, node, sandbox and Postgres on this machine; %d statements of each kind after %d to warm up,"
                        + " one client, sandbox at %d ms; milliseconds%n",
                count, warmUp(), latency.toMillis());
    }

    /** What one durable COMMIT of a small row costs on this machine: a mutation has two, and a flushed file between them. */
    private void warmUpAndMeasureCommit(Connection direct) throws Exception {
        try (java.sql.Statement statement = direct.createStatement()) {
            statement.execute("create table commits (number integer, value text)");
        }
        long[] took = new long[count];
        try (PreparedStatement insert =
                direct.prepareStatement("insert into commits values (?, 'a row of a few bytes')")) {
            for (int i = -warmUp(); i < count; i++) {
                insert.setInt(1, i);
                long nanos = time(insert::execute);
                if (i >= 0) {
                    took[i] = nanos;
                }
            }
        }
        System.out.printf("%n%-26s%10s%10s%n", "", "median", "p99");
        print("one COMMIT, for scale", took);
    }

    private void insert(Connection client) throws Exception {
        try (PreparedStatement insert = client.prepareStatement(
                "insert into salesforce.contacts (last_name, email) values (?, ?) returning *")) {
            compare("INSERT", number -> {
                insert.setString(1, "Bench");
                insert.setString(2, "bench" + number + "@bench.test");
                insert.executeQuery().close();
            });
        }
    }

    private void update(Connection client) throws Exception {
        String id;
        try (java.sql.Statement statement = client.createStatement();
                ResultSet one = statement.executeQuery("select id from salesforce.contacts limit 1")) {
            one.next();
            id = one.getString(1);
        }
        try (PreparedStatement update =
                client.prepareStatement("update salesforce.contacts set last_name = ? where id = ? returning *")) {
            compare("UPDATE", number -> {
                update.setString(1, "Bench" + number);
                update.setString(2, id);
                update.executeQuery().close();
            });
        }
    }

    private void compare(String name, NumberedStatement statement) throws Exception {
        int[] number = new int[1];
        Step proxied = () -> statement.run(++number[0]);
        proxied.run();
        ReceivedRequest request = sandbox.dataRequests().reversed().stream()
                .filter(received -> !received.method().equals("GET"))
                .findFirst()
                .orElseThrow();
        Step bare = () -> send(request);
        for (int i = 0; i < warmUp(); i++) {
            proxied.run();
            bare.run();
        }
        stopwatch.clear();
        long[] through = new long[count];
        long[] alone = new long[count];
        for (int i = 0; i < count; i++) {
            stopwatch.begin();
            through[i] = time(proxied);
            stopwatch.end();
            alone[i] = time(bare);
        }
        System.out.printf("%n%-26s%10s%10s%n", name + " ... RETURNING *", "median", "p99");
        print("through Penstock", through);
        print("bare API call", alone);
        print("difference", at(through, 0.5) - at(alone, 0.5), at(through, 0.99) - at(alone, 0.99));
        print("ratio", at(through, 0.5) / at(alone, 0.5), at(through, 0.99) / at(alone, 0.99));
        stopwatch.print();
    }

    private int warmUp() {
        return count;
    }

    private static void print(String what, long[] nanos) {
        print(what, at(nanos, 0.5), at(nanos, 0.99));
    }

    private static void print(String what, double median, double high) {
        System.out.printf("%-26s%10.2f%10.2f%n", what, median, high);
    }

    private static long time(Step step) throws Exception {
        long begin = System.nanoTime();
        step.run();
        return System.nanoTime() - begin;
    }

    /** Milliseconds. */
    private static double at(long[] nanos, double share) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * share))] / 1e6;
    }

    private static String load() {
        return String.format(
                "%.2f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String setting(Connection direct, String name) throws SQLException {
        try (java.sql.Statement statement = direct.createStatement();
                ResultSet row = statement.executeQuery("show " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Connection connect(int port) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&sslmode=disable&gssEncMode=disable");
    }

    /** When the one statement under way passed which point. */
    private static final class Stopwatch implements CrashPoints {
        private final Map<String, List<Long>> steps = new LinkedHashMap<>();
        private volatile long last;

        @Override
        public CompletionStage<?> passing(CrashPoint point, String table, Operation operation) {
            switch (point) {
                case BEFORE_INTENT -> lap("  evaluated, locked");
                case AFTER_INTENT -> lap("  intent durable");
                case AFTER_ANSWER -> lap("  API has answered");
                case BEFORE_COMMIT -> lap("  answer kept");
                case AFTER_COMMIT -> lap("  stored, committed");
                case AFTER_SEND, AT_COMMIT -> {
                    // The steps around them are over at once.
                }
            }
            return NONE.passing(point, table, operation);
        }

        void clear() {
            steps.clear();
        }

        void begin() {
            last = System.nanoTime();
        }

        void end() {
            lap("  RETURNING, answered");
        }

        private synchronized void lap(String step) {
            long now = System.nanoTime();
            steps.computeIfAbsent(step, _ -> new ArrayList<>()).add(now - last);
            last = now;
        }

        void print() {
            System.out.println("of that, step by step:");
            steps.forEach((step, laps) -> MutationBench.print(
                    step, laps.stream().mapToLong(Long::longValue).toArray()));
        }
    }

    /** The same request again; an INSERT with a correlation value of its own, as that is unique. */
    private void send(ReceivedRequest request) throws Exception {
        Matcher correlation = CORRELATION.matcher(request.bodyText());
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(sandbox.uri() + request.target()))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .method(
                                request.method(),
                                HttpRequest.BodyPublishers.ofString(
                                        correlation.replaceAll(UUID.randomUUID().toString())))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200 || answer.body().contains("\"success\":false")) {
            throw new IllegalStateException("the bare call failed: " + answer.statusCode() + " " + answer.body());
        }
    }

    private String token() throws Exception {
        SalesforceConfig.Login login = sandbox.config().login();
        String form = "grant_type=refresh_token&client_id=" + login.clientId() + "&client_secret="
                + login.clientSecret() + "&refresh_token=" + login.refreshToken();
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(sandbox.uri() + "/services/oauth2/token"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Matcher found = TOKEN.matcher(answer.body());
        if (!found.find()) {
            throw new IllegalStateException("no token: " + answer.statusCode());
        }
        return found.group(1);
    }

    private static PenstockSettings settings(Path folder, SalesforceSandbox sandbox, int postgres) {
        SalesforceConfig.Login login = sandbox.config().login();
        String text = """
            penstock {
              listen = "127.0.0.1:0"
              admin  = "127.0.0.1:0"
              auth   = trust
              databases.postgres {
                url       = "postgresql://postgres@127.0.0.1:%d/postgres"
                admin_url = "postgresql://postgres@127.0.0.1:%d/postgres"
                syncs.salesforce {
                  api = crm
                  poll_interval = 1h
                  tables.contacts { object = Contact, correlation_field = Penstock_Mutation__c }
                }
              }
              apis.crm {
                type = salesforce
                login_url = "%s"
                oauth { client_id = "%s", client_secret = "%s", refresh_token = "%s" }
              }
            }
            """.formatted(
                postgres, postgres, sandbox.uri(), login.clientId(), login.clientSecret(), login.refreshToken());
        return TestSettings.read(text, folder, System::getenv);
    }
}
