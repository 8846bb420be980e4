package io.penstock.node.soak;

import io.penstock.config.PenstockSettings;
import io.penstock.config.reader.Reading;
import io.penstock.config.reader.SettingsReader;
import io.penstock.node.Node;
import io.penstock.node.session.Footprint;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A node as a process of its own that tells what it holds.
 *
 * <pre>
 * standard input    standard output
 *                   soak: ready PORT
 * measure           soak: HEAP DIRECT DESCRIPTORS GIVEN BACK USED IDLE WAITING     ({@link Held}; after a collection)
 * </pre>
 */
public final class SoakNode {
    private SoakNode() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        PenstockSettings settings = switch (SettingsReader.read(file)) {
            case Reading.Valid(PenstockSettings valid) -> valid;
            case Reading.Invalid(var mistakes) ->
                throw new IllegalArgumentException(mistakes + "\n" + Files.readString(file));
        };
        Node node = Node.start(settings);
        node.awaitFilled(Duration.ofMinutes(2));
        System.out.println("soak: ready " + node.listenAddress().getPort());
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (commands.readLine() != null) {
            System.out.println("soak: " + measure(node).line());
        }
        // The test has ended in whatever way; its node must not outlive it.
        Runtime.getRuntime().halt(0);
    }

    private static Held measure(Node node) {
        Footprint footprint = Footprint.now();
        return new Held(
                footprint.heap(),
                footprint.direct(),
                footprint.descriptors(),
                value(node, "penstock_pool_handoffs", "direction", "given"),
                value(node, "penstock_pool_handoffs", "direction", "back"),
                value(node, "penstock_pool_connections", "state", "used"),
                value(node, "penstock_pool_connections", "state", "idle"),
                value(node, "penstock_pool_waiting_clients", "", ""));
    }

    private static long value(Node node, String metric, String label, String wanted) {
        double sum = 0;
        for (MetricSnapshot snapshot : node.metrics().scrape(metric::equals)) {
            if (snapshot instanceof CounterSnapshot counter) {
                for (var point : counter.getDataPoints()) {
                    sum += is(point.getLabels(), label, wanted) ? point.getValue() : 0;
                }
            } else if (snapshot instanceof GaugeSnapshot gauge) {
                for (var point : gauge.getDataPoints()) {
                    sum += is(point.getLabels(), label, wanted) ? point.getValue() : 0;
                }
            }
        }
        return (long) sum;
    }

    private static boolean is(Labels labels, String label, String wanted) {
        return label.isEmpty() || wanted.equals(labels.get(label));
    }
}
