package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

/** {@code tables.<name>.columns}: columns with names of the user's own, from the API to the error message. */
class ConfiguredColumnsTest {
    @Test
    void columnsHaveTheNamesOfTheConfiguration() throws SQLException {
        try (PenstockFixture penstock = PenstockFixture.start("60s")) {
            List<List<@Nullable String>> titles =
                    penstock.stored("select id, title from salesforce.contacts where title is not null order by id");
            assertThat(titles).isNotEmpty();

            penstock.restartNode("columns { \"The Team\" = department, job = Title }");

            assertThat(penstock.stored("select id, job from salesforce.contacts where job is not null order by id"))
                    .as("rows of before hold the new column too")
                    .isEqualTo(titles);
            try (Connection connection = penstock.jdbc();
                    Statement statement = connection.createStatement()) {
                long mark = penstock.mark();
                try (ResultSet row =
                        statement.executeQuery("insert into salesforce.contacts (last_name, job, \"The Team\")"
                                + " values ('Kynes', 'Planetologist', 'Arrakis') returning job, \"The Team\"")) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getString(1)).isEqualTo("Planetologist");
                    assertThat(row.getString(2)).isEqualTo("Arrakis");
                }
                assertThat(statement.executeUpdate(
                                "update salesforce.contacts set job = upper(job) where last_name = 'Kynes'"))
                        .isEqualTo(1);
                List<ApiRequest> sent = penstock.requests(mark);
                assertThat(sent.get(0).sent(0, "Title")).isEqualTo("Planetologist");
                assertThat(sent.get(0).sent(0, "Department")).isEqualTo("Arrakis");
                assertThat(sent.get(1).sent(0, "Title")).isEqualTo("PLANETOLOGIST");
                assertThat(penstock.stored("select job from salesforce.contacts where last_name = 'Kynes'"))
                        .containsExactly(List.of("PLANETOLOGIST"));
                assertThatThrownBy(() -> statement.executeUpdate(
                                "update salesforce.contacts set job = repeat('x', 129) where last_name = 'Kynes'"))
                        .isInstanceOfSatisfying(PSQLException.class, refused -> {
                            assertThat(refused.getSQLState()).isEqualTo("22001");
                            assertThat(refused.getServerErrorMessage()).isNotNull();
                        });
            }

            penstock.restartNode("columns { job = Description }");

            assertThat(penstock.stored("select job from salesforce.contacts where last_name = 'Kynes'"))
                    .as("a column that holds another field now is filled again")
                    .singleElement()
                    .satisfies(row -> assertThat(row.getFirst()).isNull());
        }
    }
}
