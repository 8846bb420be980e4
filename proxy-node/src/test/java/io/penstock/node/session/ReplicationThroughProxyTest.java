package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Replication connections, which are passed through: their commands, and COPY in both directions at once. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ReplicationThroughProxyTest {
    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        proxy = TestProxy.trusting(postgres.address());
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    private static RawClient connect(String database, String replication) throws IOException {
        RawClient client = new RawClient(proxy.port);
        client.send(new FrontendMessage.Startup(
                ProtocolVersion.V3_0, Map.of("user", "postgres", "database", database, "replication", replication)));
        return client;
    }

    private static boolean ready(String line) {
        return line.startsWith("Z");
    }

    /** pg_basebackup and pg_receivewal name the database {@code replication}, which no configuration has. */
    @Test
    void physicalReplicationNeedsNoDatabase() throws IOException {
        try (RawClient client = connect("replication", "true")) {
            assertThat(client.readUntil(ReplicationThroughProxyTest::ready))
                    .last()
                    .isEqualTo("Z I");
            client.send(new FrontendMessage.Query("IDENTIFY_SYSTEM"));
            assertThat(client.readUntil(ReplicationThroughProxyTest::ready))
                    .first()
                    .isEqualTo("T [systemid, timeline, xlogpos, dbname]");
        }
    }

    @Test
    void anyOtherConnectionNeedsOne() throws IOException {
        for (String replication : new String[] {"database", "false"}) {
            try (RawClient client = connect("replication", replication)) {
                assertThat(client.readUntil(line -> line.startsWith("E")))
                        .last()
                        .isEqualTo("E FATAL 3D000 database \"replication\" does not exist");
            }
        }
    }

    @Test
    void copyGoesBothWaysUntilTheClientEndsIt() throws IOException {
        try (RawClient client = connect("replication", "true")) {
            client.readUntil(ReplicationThroughProxyTest::ready);
            client.send(new FrontendMessage.Query("IDENTIFY_SYSTEM"));
            String system = client.readUntil(ReplicationThroughProxyTest::ready).get(1);
            String position = system.split(", ")[2];
            client.send(new FrontendMessage.Query("START_REPLICATION PHYSICAL " + position));
            assertThat(client.readUntil(line -> line.startsWith("d")).getFirst())
                    .isEqualTo("W");
            client.send(new FrontendMessage.CopyDone());
            assertThat(client.readUntil(ReplicationThroughProxyTest::ready))
                    .contains("c", "C START_REPLICATION", "Z I");
            client.send(new FrontendMessage.Query("IDENTIFY_SYSTEM"));
            assertThat(client.readUntil(ReplicationThroughProxyTest::ready))
                    .last()
                    .isEqualTo("Z I");
        }
    }

    @Test
    void logicalReplicationSpeaksSqlToo() throws IOException {
        try (RawClient client = connect("postgres", "database")) {
            client.readUntil(ReplicationThroughProxyTest::ready);
            client.send(new FrontendMessage.Query("select current_database()"));
            assertThat(client.readUntil(ReplicationThroughProxyTest::ready)).contains("D [postgres]");
        }
    }
}
