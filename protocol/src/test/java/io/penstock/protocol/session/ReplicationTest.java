package io.penstock.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The start-up parameter {@code replication}, as Postgres reads it. */
class ReplicationTest {
    @ParameterizedTest
    @CsvSource({
        "database, LOGICAL",
        "true, PHYSICAL",
        "on, PHYSICAL",
        "1, PHYSICAL",
        "YES, PHYSICAL",
        "false, NONE",
        "off, NONE",
        "0, NONE",
        "No, NONE",
        "'', NONE",
        "perhaps, PHYSICAL"
    })
    void valuesMeanWhatPostgresTakesThemFor(String value, Replication expected) {
        assertThat(Replication.of(Map.of("replication", value))).isEqualTo(expected);
    }
}
