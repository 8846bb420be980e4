package io.penstock.node.bench;

import io.penstock.node.bench.Setup.Login;
import io.penstock.node.bench.Setup.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One thing that is measured. */
record Cell(String name, Setup setup, Load load) {
    /** What is done to a target. */
    @FunctionalInterface
    interface Load {
        /** @return values by what they are called; those with {@code /s} or {@code tps} are better when they are larger, all others when they are smaller */
        Map<String, Double> run(Target target, Options options) throws Exception;
    }

    /** A server connection for each client, as session mode needs it. */
    private static final int ONE_EACH = 270;

    /** As many as two cores have use for. */
    private static final int FEW = 20;

    /** All, those of one setup together. */
    static List<Cell> all() {
        List<Cell> cells = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            Setup setup = new Setup(Login.TRUST, mode, mode == Mode.SESSION ? ONE_EACH : FEW);
            String where = mode.name().toLowerCase(Locale.ROOT);
            for (String script : List.of("select-only", "tpcb-like")) {
                for (String protocol : List.of("simple", "extended", "prepared")) {
                    for (int clients : List.of(1, 16, 256)) {
                        cells.add(new Cell(
                                "%s.%s.%s.%d".formatted(script, protocol, where, clients),
                                setup,
                                (target, options) -> Pgbench.measure(
                                        target, clients, options.seconds(), "-b", script, "-M", protocol)));
                    }
                }
            }
            if (mode == Mode.SESSION) {
                cells.add(new Cell("result.1gib", setup, Bulk::result));
                cells.add(new Cell("copy-out.1gib", setup, Bulk::copyOut));
                cells.add(new Cell("copy-in.1gib", setup, Bulk::copyIn));
                cells.add(connect("plain", setup));
            } else {
                cells.add(new Cell(
                        "queue.1000-on-20",
                        setup,
                        (target, options) -> Pgbench.measure(
                                target, 1_000, options.seconds(), "-b", "select-only", "-M", "simple")));
                cells.add(new Cell("idle.10000", setup, Idle::measure));
            }
        }
        cells.add(connect("scram", new Setup(Login.SCRAM, Mode.SESSION, FEW)));
        cells.add(connect("tls", new Setup(Login.TLS, Mode.SESSION, FEW)));
        return List.copyOf(cells);
    }

    private static Cell connect(String how, Setup setup) {
        return new Cell("connect." + how, setup, (target, options) -> {
            Map<String, Double> measured = Pgbench.measure(target, 8, options.seconds(), "-C", "-f", Bulk.selectOne());
            return Map.of("connects/s", measured.getOrDefault("tps", Double.NaN));
        });
    }
}
