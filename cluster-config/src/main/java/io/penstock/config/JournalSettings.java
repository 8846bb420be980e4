package io.penstock.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a node keeps the APIs' answers until they are in Postgres, and how long finished entries stay.
 *
 * @param directory of this node alone, on a disk that survives the process
 * @param retention how long an entry that is done stays readable
 */
public record JournalSettings(Path directory, Duration retention) {
    public JournalSettings {
        if (!retention.isPositive()) {
            throw new IllegalArgumentException("a retention must be longer than nothing");
        }
    }
}
