package io.penstock.node.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.penstock.node.transport.Binding;
import io.penstock.node.transport.IncomingClient;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.NoLeaks;
import io.penstock.node.transport.TestLoops;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Clients relayed to a real Postgres, both on one event loop: transport and backend together, with pgjdbc in front. */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class RelayTest {
    private static TestPostgres postgres;
    private static TestLoops loops;
    private static Binding binding;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        loops = TestLoops.start(IoKind.automatic());
        ServerConnector connector = new ServerConnector(loops.loops, Duration.ofSeconds(5), Duration.ofSeconds(5));
        binding = loops.listen(client -> relay(loops, connector, postgres.address(), client));
    }

    @AfterAll
    static void stop() throws Exception {
        loops.close();
        postgres.close();
    }

    static void relay(TestLoops loops, ServerConnector connector, ServerAddress server, IncomingClient client) {
        Flow<ByteBuf, ByteBuf, NotUsed> relay = Flow.fromGraph(
                new RelayStage(startup -> connector.connect(server, RelayStage.login(startup), client.eventLoop())));
        client.flow().join(relay).withAttributes(TestLoops.on(client)).run(loops.system);
    }

    @Test
    void everydayUseGoesThrough() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE t (a int, b text)");
            try (var insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                for (int i = 0; i < 1_000; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "value " + i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            try (ResultSet rows = statement.executeQuery("SELECT count(*), sum(a) FROM t")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(1_000);
                assertThat(rows.getInt(2)).isEqualTo(499_500);
            }
            assertThatThrownBy(() -> statement.execute("SELECT 1/0"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("22012"));
        }
    }

    @Test
    void copyGoesThroughBothWays() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE copied (a int, b text)");
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            String line = "1\t" + "x".repeat(1_000) + "\n";
            assertThat(copy.copyIn("COPY copied FROM STDIN", new java.io.StringReader(line.repeat(20_000))))
                    .isEqualTo(20_000);
            long[] bytes = {0};
            copy.copyOut("COPY copied TO STDOUT", new java.io.OutputStream() {
                @Override
                public void write(int one) {
                    bytes[0]++;
                }

                @Override
                public void write(byte[] some, int offset, int length) {
                    bytes[0] += length;
                }
            });
            assertThat(bytes[0]).isEqualTo(20_000L * line.length());
        }
    }

    @Test
    void slowReaderHoldsTheServerBackAndNotTheHeap() throws Exception {
        try (Connection connection = connect("&defaultRowFetchSize=1&receiveBufferSize=65536&preferQueryMode=simple");
                Statement statement = connection.createStatement();
                Connection observer = postgres.connection();
                Statement watch = observer.createStatement()) {
            long before = directMemory();
            // pgjdbc's COPY reads only when it is asked to, which is what makes it slow here.
            var copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 500000)) TO STDOUT");
            long[] sent = {0};
            // A server that waits for its client may go on a moment later: the buffers between the two are large.
            await().pollInterval(Duration.ofMillis(300)).until(() -> {
                long last = sent[0];
                sent[0] = rowsSent(watch);
                return sent[0] > 0 && sent[0] == last;
            });
            assertThat(sent[0]).isLessThan(500_000);
            assertThat(directMemory() - before)
                    .as("direct memory for one slow reader")
                    .isLessThan(8L << 20);
            long rows = 0;
            while (copy.readFromCopy() != null) {
                rows++;
            }
            assertThat(rows).isEqualTo(500_000);
        }
    }

    @Test
    void serverThatIsKilledTakesItsClientAlong() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            int process = connection.unwrap(PGConnection.class).getBackendPID();
            postgres.sql("SELECT pg_terminate_backend(" + process + ")");
            assertThatThrownBy(() -> statement.execute("SELECT 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("57P01"));
        }
        await().until(() -> loops.clients() == 0);
    }

    @Test
    void clientThatBreaksOffTakesItsServerAlong() throws Exception {
        List<Integer> processes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            try (Connection connection = connect("")) {
                processes.add(connection.unwrap(PGConnection.class).getBackendPID());
                connection.setAutoCommit(false);
                connection.createStatement().execute("SELECT 1");
                connection.abort(Runnable::run);
            }
        }
        try (Socket silent = new Socket("localhost", binding.localAddress().getPort())) {
            assertThat(silent.isConnected()).isTrue();
        }
        try (Connection observer = postgres.connection();
                var query = observer.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(?)")) {
            query.setArray(1, observer.createArrayOf("int4", processes.toArray()));
            await().until(() -> {
                try (ResultSet rows = query.executeQuery()) {
                    rows.next();
                    return rows.getInt(1) == 0;
                }
            });
        }
        await().until(() -> loops.clients() == 0);
    }

    /** How far the one COPY is; 0 where there is none. */
    private static long rowsSent(Statement watch) throws SQLException {
        try (ResultSet rows = watch.executeQuery("SELECT tuples_processed FROM pg_stat_progress_copy")) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static long directMemory() {
        long netty = io.netty.util.internal.PlatformDependent.usedDirectMemory();
        return netty >= 0
                ? netty
                : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
    }

    private static Connection connect(String options) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://localhost:"
                + binding.localAddress().getPort() + "/postgres?user=postgres&ApplicationName=relayed" + options);
    }
}
