package io.penstock.node.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PreparedNamesTest {
    private final PreparedNames names = new PreparedNames();

    @Test
    void aStatementKeepsItsNameAndIsPreparedOnlyOnceTheServerHasSaidSo() {
        PreparedNames.Name first = names.of("select 1");
        assertThat(first.prepared()).isFalse();
        assertThat(names.of("select 1")).isEqualTo(first);

        names.prepared("select 1");

        assertThat(names.of("select 1")).isEqualTo(new PreparedNames.Name(first.name(), true, null));
        assertThat(names.of("select 2").name()).isNotEqualTo(first.name());
    }

    @Test
    void theOneUsedLongestAgoMakesRoomAndIsToBeClosed() {
        String eldest = names.of("select 0").name();
        String second = names.of("select 1").name();
        for (int i = 2; i < PreparedNames.MOST; i++) {
            names.of("select " + i);
        }
        names.of("select 0");

        assertThat(names.of("one more").forgotten()).isEqualTo(second);
        assertThat(names.of("select 0").name()).isEqualTo(eldest);
        assertThat(names.of("select 1").name()).isNotEqualTo(second);
    }
}
