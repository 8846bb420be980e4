package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.backend.TestPostgres;
import io.penstock.node.mutation.MutationRunner;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.session.MutationRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The same conversation with Postgres itself and through the proxy gives the same answers (W-14, S-21). The table {@code synced} passes for
 * a synced one, and its mutations are held, split out of their queries and then declined: nothing of that may be seen.
 */
@Timeout(3_600)
@ExtendWith(NoLeaks.class)
class DirectVersusProxyTest {
    private static final int SEEDS = Integer.getInteger("penstock.conversations", 150);

    /** The first seed, for going on where an earlier run has ended, or for one conversation alone. */
    private static final int FIRST = Integer.getInteger("penstock.conversations.first", 0);

    /**
     * A statement that executes itself ends Postgres's stack (54001); in transaction mode, where it has another name on the server than in its
     * own text, it does not exist (26000).
     */
    private static final boolean SHARED = "transaction".equals(System.getProperty("penstock.pool.mode"));

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        proxy = TestProxy.trusting(
                postgres.address(), name -> name.name().equals("synced"), () -> DirectVersusProxyTest::decline);
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    private static MutationRunner.Running decline(MutationRequest request, MutationRunner.Session session) {
        session.loop().execute(session::declined);
        return new MutationRunner.Running() {
            @Override
            public void serverSays(Frame frame) {
                frame.release();
            }

            @Override
            public void serverLost() {}

            @Override
            public void cancel() {}

            @Override
            public void orphaned() {}
        };
    }

    @Test
    void randomConversationsGetTheSameAnswers() throws IOException {
        List<String> differences = new ArrayList<>();
        for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
            List<FrontendMessage[]> conversation =
                    SHARED ? Conversations.withoutCircles(seed, 8) : Conversations.random(seed, 8);
            for (boolean pipelined : new boolean[] {true, false}) {
                List<String> direct = converse(postgres.address().port(), conversation, pipelined);
                List<String> through = converse(proxy.port, conversation, pipelined);
                if (!through.equals(direct)) {
                    differences.add("seed " + seed + (pipelined ? ", pipelined" : "") + ": "
                            + firstDifference(direct, through) + show(conversation));
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String firstDifference(List<String> direct, List<String> through) {
        int same = 0;
        while (same < Math.min(direct.size(), through.size())
                && direct.get(same).equals(through.get(same))) {
            same++;
        }
        int from = Math.max(0, same - 12);
        return "\n  after   " + direct.subList(from, same) + "\n  direct  "
                + direct.subList(same, Math.min(direct.size(), same + 6)) + "\n  through "
                + through.subList(same, Math.min(through.size(), same + 6));
    }

    /** Among them what libpq does: a Sync before it knows that its statement is a COPY, and which the server then ignores. */
    @Test
    void copyGetsTheSameAnswers() throws IOException {
        FrontendMessage bind = new FrontendMessage.Bind("", "", new short[0], List.of(), new short[0]);
        FrontendMessage execute = new FrontendMessage.Execute("", 0);
        FrontendMessage sync = new FrontendMessage.Sync();
        FrontendMessage good = new FrontendMessage.CopyData("1\t2\n".getBytes(StandardCharsets.UTF_8));
        FrontendMessage bad = new FrontendMessage.CopyData("x\n".getBytes(StandardCharsets.UTF_8));
        FrontendMessage done = new FrontendMessage.CopyDone();
        for (String table : new String[] {"synced", "other (id)"}) {
            FrontendMessage in = new FrontendMessage.Parse("", "copy " + table + " from stdin", new int[0]);
            FrontendMessage inQuery = new FrontendMessage.Query("copy " + table + " from stdin");
            FrontendMessage split =
                    new FrontendMessage.Query("insert into synced values (1); copy synced from stdin; select 5");
            List<FrontendMessage[]> conversation = List.of(
                    new FrontendMessage[] {in, bind, execute, sync},
                    new FrontendMessage[] {good, done, sync},
                    new FrontendMessage[] {inQuery},
                    new FrontendMessage[] {good, good, done},
                    new FrontendMessage[] {inQuery},
                    new FrontendMessage[] {new FrontendMessage.CopyFail("no more")},
                    new FrontendMessage[] {inQuery},
                    new FrontendMessage[] {bad, done},
                    new FrontendMessage[] {split},
                    new FrontendMessage[] {good, done},
                    new FrontendMessage[] {new FrontendMessage.Query("copy " + table + " to stdout")},
                    new FrontendMessage[] {in, bind, execute, sync, bad, done, sync});
            assertThat(copying(proxy.port, conversation))
                    .isEqualTo(copying(postgres.address().port(), conversation));
        }
    }

    private static List<String> copying(int port, List<FrontendMessage[]> conversation) throws IOException {
        List<String> answers = new ArrayList<>();
        try (RawClient client = RawClient.loggedIn(port)) {
            client.send(new FrontendMessage.Query(Conversations.SET_UP));
            client.readUntil(line -> line.startsWith("Z"));
            for (FrontendMessage[] group : conversation) {
                client.send(group);
                answers.addAll(client.readUntil(line -> line.startsWith("Z") || line.equals("G")));
            }
            answers.addAll(readToMarker(client, 1));
        }
        return answers;
    }

    private static List<String> converse(int port, List<FrontendMessage[]> conversation, boolean pipelined)
            throws IOException {
        List<String> answers = new ArrayList<>();
        try (RawClient client = RawClient.loggedIn(port)) {
            client.send(new FrontendMessage.Query(Conversations.SET_UP));
            client.readUntil(line -> line.startsWith("Z"));
            try {
                int marker = 0;
                for (FrontendMessage[] group : conversation) {
                    client.send(group);
                    if (!pipelined) {
                        marker++;
                        answers.addAll(readToMarker(client, marker));
                    }
                }
                answers.addAll(readToMarker(client, 1000));
            } catch (IOException lost) {
                answers.add("lost");
            }
        }
        return answers;
    }

    /** Ends the group and reads all of its answers. */
    private static List<String> readToMarker(RawClient client, int marker) throws IOException {
        String row = "D [marker " + marker + "]";
        client.send(
                new FrontendMessage.Sync(),
                new FrontendMessage.Query("rollback"),
                new FrontendMessage.Query("select 'marker " + marker + "'"));
        List<String> lines = new ArrayList<>(client.readUntil(line -> line.equals(row)));
        lines.addAll(client.readUntil(line -> line.startsWith("Z")));
        return lines;
    }

    private static String show(List<FrontendMessage[]> conversation) {
        StringBuilder text = new StringBuilder();
        for (FrontendMessage[] group : conversation) {
            text.append("\n  -- group");
            for (FrontendMessage message : group) {
                text.append("\n  ")
                        .append(
                                switch (message) {
                                    case FrontendMessage.Query query -> "Query " + query.sql();
                                    case FrontendMessage.Parse parse ->
                                        "Parse " + parse.statement() + ": " + parse.sql();
                                    default -> message.toString();
                                });
            }
        }
        return text.toString();
    }
}
