package io.penstock.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What clients cost that have logged in and do nothing. */
final class Idle {
    private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
    private static final double KIBIBYTE = 1024;

    private Idle() {}

    static Map<String, Double> measure(Target target, Options options) throws IOException, InterruptedException {
        Map<String, Double> measured = new LinkedHashMap<>();
        ProcessHandle process = target.process();
        if (process == null) {
            return measured; // of Postgres each client is a process
        }
        double live = live(process);
        double resident = resident(process);
        List<WireLoad> clients = new ArrayList<>();
        try {
            while (clients.size() < options.idle()) {
                clients.add(WireLoad.idle(target));
            }
            // The first looks at the heap, which collects all garbage; only then does what is resident say something.
            if (live > 0) {
                measured.put("heap KiB each", (live(process) - live) / KIBIBYTE / options.idle());
            }
            measured.put("resident KiB each", (resident(process) - resident) / KIBIBYTE / options.idle());
        } finally {
            for (WireLoad client : clients) {
                client.close();
            }
        }
        return measured;
    }

    /** Bytes of live objects; 0 where there is no JVM. */
    private static double live(ProcessHandle process) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process asking = new ProcessBuilder(jcmd.toString(), "" + process.pid(), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(asking.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        asking.waitFor();
        Matcher total = LIVE.matcher(said);
        return total.find() ? Double.parseDouble(total.group(1)) : 0;
    }

    private static double resident(ProcessHandle process) throws IOException {
        String status = Files.readString(Path.of("/proc", "" + process.pid(), "status"));
        Matcher resident = RESIDENT.matcher(status);
        if (!resident.find()) {
            throw new IOException("no VmRSS of process " + process.pid());
        }
        return Double.parseDouble(resident.group(1)) * KIBIBYTE;
    }
}
