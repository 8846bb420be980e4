package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;

/** The mutation contract through pgjdbc, in each of the ways in which it can speak. */
class PgjdbcTest {
    private static final PenstockFixture PENSTOCK = PenstockFixture.shared();

    private long mark;

    /** One way to speak. @param properties of the connection, name and value in turn */
    record Mode(String name, String... properties) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Mode> modes() {
        return List.of(
                new Mode("simple", "preferQueryMode", "simple"),
                new Mode("extended", "preferQueryMode", "extended"),
                new Mode("extended for prepared", "preferQueryMode", "extendedForPrepared"),
                new Mode("cached", "preferQueryMode", "extendedCacheEverything"),
                new Mode("prepared at once, binary", "prepareThreshold", "-1"),
                new Mode("prepared at the second time", "prepareThreshold", "2"));
    }

    @BeforeEach
    void mark() {
        mark = PENSTOCK.mark();
    }

    @AfterEach
    void apiAndPostgresAgree() {
        assertThat(PENSTOCK.agreement().differences()).isEmpty();
    }

    private List<ApiRequest> asked() {
        return PENSTOCK.requests(mark);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void insertsUpdatesAndDeletes(Mode mode) throws SQLException {
        String department = PENSTOCK.name("Jdbc");
        try (Connection connection = PENSTOCK.jdbc(mode.properties());
                PreparedStatement insert = connection.prepareStatement(
                        "insert into salesforce.contacts (last_name, department, score, birthdate, do_not_call)"
                                + " values (?, ?, ?, ?, ?) returning id, score, birthdate, do_not_call, created_date");
                PreparedStatement update = connection.prepareStatement(
                        "update salesforce.contacts set note = upper(last_name) || ? where department = ?");
                PreparedStatement delete =
                        connection.prepareStatement("delete from salesforce.contacts where department = ?")) {
            for (int n = 1; n <= 6; n++) {
                insert.setString(1, "Row " + n);
                insert.setString(2, department);
                insert.setBigDecimal(3, new BigDecimal("1.25"));
                insert.setObject(4, LocalDate.of(1965, 8, n));
                insert.setBoolean(5, n % 2 == 0);
                try (ResultSet row = insert.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getString("id")).startsWith("003");
                    assertThat(row.getBigDecimal("score")).isEqualByComparingTo("1.25");
                    assertThat(row.getObject("birthdate", LocalDate.class)).isEqualTo(LocalDate.of(1965, 8, n));
                    assertThat(row.getBoolean("do_not_call")).isEqualTo(n % 2 == 0);
                    assertThat(row.getTimestamp("created_date")).isNotNull();
                    assertThat(row.next()).isFalse();
                }
            }
            assertThat(asked()).hasSize(6);
            update.setString(1, "!");
            update.setString(2, department);
            assertThat(update.executeUpdate()).isEqualTo(6);
            assertThat(asked()).hasSize(7);
            delete.setString(1, department);
            assertThat(delete.executeUpdate()).isEqualTo(6);
            assertThat(delete.executeUpdate()).isZero();
            assertThat(asked()).hasSize(8);
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void givesGeneratedKeys(Mode mode) throws SQLException {
        String name = PENSTOCK.name("Keys");
        try (Connection connection = PENSTOCK.jdbc(mode.properties());
                PreparedStatement byName = connection.prepareStatement(
                        "insert into salesforce.contacts (last_name) values (?)", new String[] {"id", "created_date"});
                Statement all = connection.createStatement()) {
            byName.setString(1, name);
            assertThat(byName.executeUpdate()).isEqualTo(1);
            try (ResultSet keys = byName.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
                assertThat(keys.getString("id")).startsWith("003");
            }
            all.executeUpdate(
                    "insert into salesforce.contacts (last_name) values ('" + name + "')",
                    Statement.RETURN_GENERATED_KEYS);
            try (ResultSet keys = all.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
                assertThat(keys.getString("last_name")).isEqualTo(name);
            }
        }
        assertThat(asked()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void runsBatches(Mode mode) throws SQLException {
        String department = PENSTOCK.name("Batch");
        try (Connection connection = PENSTOCK.jdbc(mode.properties());
                PreparedStatement insert = connection.prepareStatement(
                        "insert into salesforce.contacts (last_name, department) values (?, ?)", new String[] {"id"})) {
            for (int n = 1; n <= 5; n++) {
                insert.setString(1, "Batch " + n);
                insert.setString(2, department);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).containsExactly(1, 1, 1, 1, 1);
            List<String> keys = new ArrayList<>();
            try (ResultSet generated = insert.getGeneratedKeys()) {
                while (generated.next()) {
                    keys.add(generated.getString(1));
                }
            }
            assertThat(keys).hasSize(5).doesNotHaveDuplicates();
        }
        assertThat(asked().stream().mapToInt(ApiRequest::rows).sum()).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void makesOneRequestOfARewrittenBatch(Mode mode) throws SQLException {
        List<String> properties = new ArrayList<>(List.of(mode.properties()));
        properties.addAll(List.of("reWriteBatchedInserts", "true"));
        try (Connection connection = PENSTOCK.jdbc(properties.toArray(String[]::new));
                PreparedStatement insert =
                        connection.prepareStatement("insert into salesforce.contacts (last_name) values (?)")) {
            for (int n = 1; n <= 8; n++) {
                insert.setString(1, "Rewritten " + n);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        assertThat(asked().stream().mapToInt(ApiRequest::rows).sum()).isEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void reportsTheApisErrors(Mode mode) throws SQLException {
        try (Connection connection = PENSTOCK.jdbc(mode.properties());
                PreparedStatement insert = connection.prepareStatement(
                        "insert into salesforce.contacts (last_name, email) values (?, ?)")) {
            insert.setString(1, "Harkonnen");
            insert.setString(2, "not an address");
            assertThatThrownBy(insert::executeUpdate).isInstanceOfSatisfying(PSQLException.class, failure -> {
                var report = failure.getServerErrorMessage();
                assertThat(failure.getSQLState()).isEqualTo("22P02");
                assertThat(report).isNotNull();
                assertThat(report.getDetail()).contains("not an address");
                assertThat(report.getHint()).isNotEmpty();
                assertThat(report.getColumn()).isEqualTo("email");
            });
            insert.setString(2, "good@address.io");
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
        assertThat(asked()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void worksInTransactions(Mode mode) throws SQLException {
        String name = PENSTOCK.name("Tx");
        try (Connection connection = PENSTOCK.jdbc(mode.properties())) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("insert into public.orders (item) values ('" + name + "')");
                assertThat(statement.executeUpdate(
                                "insert into salesforce.contacts (last_name) values ('" + name + "')"))
                        .isEqualTo(1);
                assertThat(statement.getWarnings().getSQLState()).isEqualTo("01000");
            }
            connection.rollback();
        }
        assertThat(PENSTOCK.stored("select count(*) from salesforce.contacts where last_name = '" + name + "'"))
                .containsExactly(List.of("1"));
        assertThat(PENSTOCK.stored("select count(*) from public.orders where item = '" + name + "'"))
                .containsExactly(List.of("0"));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void fetchesRowsInPortions(Mode mode) throws SQLException {
        String department = PENSTOCK.name("Fetch");
        try (Connection connection = PENSTOCK.jdbc(mode.properties())) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("insert into salesforce.contacts (last_name,"
                    + " department) select 'F' || n, ? from generate_series(1, 10) n returning last_name")) {
                insert.setFetchSize(3);
                insert.setString(1, department);
                List<String> names = new ArrayList<>();
                try (ResultSet rows = insert.executeQuery()) {
                    while (rows.next()) {
                        names.add(rows.getString(1));
                    }
                }
                assertThat(names).hasSize(10).startsWith("F1", "F2", "F3").endsWith("F10");
            }
            connection.commit();
        }
        assertThat(asked()).hasSize(1);
    }
}
