package io.penstock.node.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where clients connect.
 *
 * @param process whose processor time and memory are looked at; null for Postgres itself
 */
record Target(String name, int port, Setup setup, @Nullable ProcessHandle process) {
    static final String DATABASE = "postgres";

    /** The processor time that it has used up. */
    Duration processorTime() {
        return process == null
                ? Duration.ZERO
                : process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
