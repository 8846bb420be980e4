package io.penstock.node.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the turns of one cell gave, and how the targets compare turn by turn. */
final class Results {
    private final Map<String, List<Map<String, Double>>> turns = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    void add(String target, Map<String, Double> measured) {
        turns.computeIfAbsent(target, _ -> new ArrayList<>()).add(measured);
    }

    void failed(String target, Exception failure) {
        String message = String.valueOf(failure.getMessage());
        failures.put(target, message.lines().findFirst().orElse(message));
    }

    boolean hasFailed(String target) {
        return failures.containsKey(target);
    }

    /** Lines to be printed. Of an odd number of turns the median stands in front, smallest and largest in brackets. */
    List<String> lines(String cell) {
        List<String> lines = new ArrayList<>();
        lines.add(cell);
        Set<String> metrics = new LinkedHashSet<>();
        turns.values().forEach(all -> all.forEach(turn -> metrics.addAll(turn.keySet())));
        for (String metric : metrics) {
            StringBuilder line = new StringBuilder("  %-17s".formatted(metric));
            for (String target : turns.keySet()) {
                double[] values = values(target, metric);
                if (values.length > 0) {
                    line.append("  ").append(target).append(' ').append(spread(values));
                }
            }
            for (String other : List.of("pgbouncer", "direct")) {
                double[] ratios = ratios(metric, other);
                if (ratios.length > 0) {
                    line.append("  penstock/").append(other).append(' ').append(spread(ratios));
                }
            }
            lines.add(line.toString());
        }
        failures.forEach((target, why) -> lines.add("  " + target + " not measured: " + why));
        return lines;
    }

    private double[] values(String target, String metric) {
        return turns.getOrDefault(target, List.of()).stream()
                .filter(turn -> turn.containsKey(metric))
                .mapToDouble(turn -> turn.getOrDefault(metric, Double.NaN))
                .toArray();
    }

    private double[] ratios(String metric, String other) {
        double[] ours = values("penstock", metric);
        double[] theirs = values(other, metric);
        double[] ratios = new double[Math.min(ours.length, theirs.length)];
        Arrays.setAll(ratios, turn -> ours[turn] / theirs[turn]);
        return ratios;
    }

    private static String spread(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return "%s [%s..%s]"
                .formatted(text(sorted[sorted.length / 2]), text(sorted[0]), text(sorted[sorted.length - 1]));
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.2f", value);
    }
}
