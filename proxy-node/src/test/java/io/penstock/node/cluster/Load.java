package io.penstock.node.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients of one node or several that make customers one after the other, each named for its node, until they are told to stop or their node is dead. */
final class Load implements AutoCloseable {
    private final ClusterRig rig;
    private final List<Thread> clients = new ArrayList<>();
    private final AtomicInteger done = new AtomicInteger();
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();
    private volatile boolean over;

    /** @param each how many clients each node has */
    Load(ClusterRig rig, int each) {
        this.rig = rig;
        for (int node = 0; node < rig.size(); node++) {
            int of = node;
            for (int client = 0; client < each; client++) {
                clients.add(Thread.ofVirtual().start(() -> run(of)));
            }
        }
    }

    /** What the name of a node's customers begins with. */
    static String mark(int node) {
        return "by-node-" + node + "-";
    }

    private void run(int node) {
        try (Connection connection = rig.client(node);
                Statement statement = connection.createStatement()) {
            while (!over) {
                try {
                    statement.execute("insert into stripe.customers (name) values ('" + mark(node)
                            + done.incrementAndGet() + "') returning id");
                } catch (SQLException failed) {
                    refused.merge(String.valueOf(failed.getSQLState()), 1, Integer::sum);
                    if (connection.isClosed()) {
                        return;
                    }
                }
            }
        } catch (SQLException dead) {
            refused.merge(String.valueOf(dead.getSQLState()), 1, Integer::sum);
        }
    }

    /** How many statements failed, by SQLSTATE. */
    Map<String, Integer> refused() {
        return refused;
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        for (Thread client : clients) {
            client.join();
        }
    }
}
