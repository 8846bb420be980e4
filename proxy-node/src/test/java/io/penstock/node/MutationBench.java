package io.penstock.node;

import io.penstock.config.PenstockSettings;
import io.penstock.config.reader.Reading;
import io.penstock.config.reader.SettingsReader;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.ReceivedRequest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
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

    private MutationBench(SalesforceSandbox sandbox) throws Exception {
        this.sandbox = sandbox;
        this.token = token();
    }

    /** One thing to be timed. */
    private interface Step {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        int count = Integer.getInteger("count", 500);
        Duration latency = Duration.ofMillis(Integer.getInteger("latency", 0));
        Path folder = Files.createTempDirectory("penstock-bench-");
        try (SalesforceSandbox sandbox = SalesforceSandbox.start(
                        SalesforceConfig.defaults().withData(1, 1).withLatency(latency));
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                Node node = Node.start(settings(folder, sandbox, postgres.getPort()))) {
            node.awaitFilled(Duration.ofSeconds(60));
            try (Connection client = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:"
                    + node.listenAddress().getPort()
                    + "/postgres?user=postgres&sslmode=disable&gssEncMode=disable")) {
                MutationBench bench = new MutationBench(sandbox);
                System.out.printf("%d statements each, sandbox at %d ms, milliseconds%n", count, latency.toMillis());
                PreparedStatement insert = client.prepareStatement(
                        "insert into salesforce.contacts (last_name, email) values (?, ?) returning *");
                bench.compare("INSERT", count, new int[1], number -> {
                    insert.setString(1, "Bench");
                    insert.setString(2, "bench" + number + "@bench.test");
                    insert.executeQuery().close();
                });
                PreparedStatement update = client.prepareStatement(
                        "update salesforce.contacts set last_name = ? where email = ? returning *");
                bench.compare("UPDATE", count, new int[1], number -> {
                    update.setString(1, "Bench" + number);
                    update.setString(2, "bench1@bench.test");
                    update.executeQuery().close();
                });
            }
        }
    }

    /** A statement with a number of its own. */
    private interface Statement {
        void run(int number) throws Exception;
    }

    private void compare(String name, int count, int[] number, Statement statement) throws Exception {
        Step proxied = () -> statement.run(++number[0]);
        proxied.run();
        ReceivedRequest request = sandbox.dataRequests().reversed().stream()
                .filter(received -> !received.method().equals("GET"))
                .findFirst()
                .orElseThrow();
        Step bare = () -> send(request);
        int warmUp = count / 2;
        for (int i = 0; i < warmUp; i++) {
            proxied.run();
            bare.run();
        }
        long[] through = new long[count];
        long[] alone = new long[count];
        for (int i = 0; i < count; i++) {
            through[i] = time(proxied);
            alone[i] = time(bare);
        }
        System.out.printf("%-8s%10s%10s%n", name, "median", "p99");
        print("proxied", at(through, 0.5), at(through, 0.99));
        print("bare", at(alone, 0.5), at(alone, 0.99));
        print("cost", at(through, 0.5) - at(alone, 0.5), at(through, 0.99) - at(alone, 0.99));
    }

    private static void print(String what, double median, double high) {
        System.out.printf("%-8s%10.2f%10.2f%n", what, median, high);
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
        return switch (SettingsReader.read(text, folder, System::getenv)) {
            case Reading.Valid(PenstockSettings valid) -> valid;
            case Reading.Invalid(var mistakes) -> throw new IllegalStateException(mistakes.toString());
        };
    }
}
