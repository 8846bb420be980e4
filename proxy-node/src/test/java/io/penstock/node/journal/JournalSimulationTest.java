package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * C-10: whatever fails in whatever order, in the end API, table and journal agree, and nothing is lost or doubled.
 *
 * <p>{@code -Dpenstock.seed=N} replays one seed; {@code -Dpenstock.seeds=200000} runs as many.
 */
class JournalSimulationTest {
    @Test
    void inTheEndApiTableAndJournalAgree() {
        Long one = Long.getLong("penstock.seed");
        LongStream seeds =
                one == null ? LongStream.range(0, Long.getLong("penstock.seeds", 2_000)) : LongStream.of(one);
        seeds.forEach(seed -> assertThatCode(() -> new Simulation(seed).run())
                .as("seed %s", seed)
                .doesNotThrowAnyException());
    }
}
