package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.Node;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * In steady state a statement's permit and token are at hand on its node, wherever in the cluster limiter and token keeper are: messages go by time, not
 * by statement. One of the two nodes owns them, so both are asked.
 */
class SteadyStateTest {
    private static final int WARM = 200;
    private static final int STATEMENTS = 500;

    private static PenstockFixture penstock;
    private static Node second;

    @BeforeAll
    static void start() throws Exception {
        penstock = PenstockFixture.startCluster("timeouts { max_queue_wait = 10s }");
        second = penstock.anotherNode();
        second.awaitFilled(Duration.ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        second.close();
        penstock.close();
    }

    @Test
    void aPermitAndATokenCostNoMessage() {
        String name = penstock.name("Steady");
        for (Node node : List.of(penstock.node(), second)) {
            insert(node.listenAddress(), name, WARM);
            double held = value(node, "penstock_api_permits", "how", "held");
            double asked = value(node, "penstock_api_permits", "how", "asked");
            double tokensHeld = value(node, "penstock_api_tokens", "how", "held");
            double tokensAsked = value(node, "penstock_api_tokens", "how", "asked");
            double toLimiter = value(node, "penstock_control_messages", "to", "limiter");
            double toKeeper = value(node, "penstock_control_messages", "to", "keeper");
            long began = System.nanoTime();

            insert(node.listenAddress(), name, STATEMENTS);

            double seconds = (System.nanoTime() - began) / 1e9;
            held = value(node, "penstock_api_permits", "how", "held") - held;
            asked = value(node, "penstock_api_permits", "how", "asked") - asked;
            tokensHeld = value(node, "penstock_api_tokens", "how", "held") - tokensHeld;
            tokensAsked = value(node, "penstock_api_tokens", "how", "asked") - tokensAsked;
            toLimiter = value(node, "penstock_control_messages", "to", "limiter") - toLimiter;
            toKeeper = value(node, "penstock_control_messages", "to", "keeper") - toKeeper;
            System.out.printf(
                    "steady state | %d statements in %.1f s | permits held %.0f, asked for %.0f | tokens held %.0f, asked for %.0f | messages to the limiter %.0f (%.3f a statement), to the keeper %.0f |%n",
                    STATEMENTS,
                    seconds,
                    held,
                    asked,
                    tokensHeld,
                    tokensAsked,
                    toLimiter,
                    toLimiter / STATEMENTS,
                    toKeeper);
            assertThat(tokensAsked).isZero();
            assertThat(toKeeper).isZero();
            assertThat(asked).as("permits that had to be waited for").isLessThanOrEqualTo(held / 50);
            // A block of permits, what the API says of its quota every 2 s, the hold of the slots every 3 s.
            assertThat(toLimiter).isLessThanOrEqualTo(STATEMENTS / 20.0 + 2 * seconds);
        }
    }

    private static void insert(InetSocketAddress node, String name, int times) {
        try (WireClient client = WireClient.connect(node, "app", "contract")) {
            for (int i = 0; i < times; i++) {
                assertThat(client.simple("insert into salesforce.contacts (last_name) values ('" + name + "')")
                                .failed())
                        .isFalse();
            }
        }
    }

    private static double value(Node node, String metric, String label, String wanted) {
        double sum = 0;
        for (MetricSnapshot snapshot : node.metrics().scrape(metric::equals)) {
            if (snapshot instanceof CounterSnapshot counter) {
                for (var point : counter.getDataPoints()) {
                    Labels labels = point.getLabels();
                    sum += wanted.equals(labels.get(label)) ? point.getValue() : 0;
                }
            }
        }
        return sum;
    }
}
