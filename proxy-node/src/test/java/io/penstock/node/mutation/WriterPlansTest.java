package io.penstock.node.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.Operation;
import io.penstock.node.backend.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** How Postgres goes about the writer's statements in a table of many rows. An UPDATE of one row once turned every row of its table into JSON. */
class WriterPlansTest {
    private static final SyncedTable TABLE = Rows.table(new PlannedApi(200, 200));

    @Test
    void findsItsRowsByTheKeyAndNeverReadsTheWholeTable() throws Exception {
        try (TestPostgres postgres = TestPostgres.start();
                Connection connection = postgres.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema crm");
            statement.execute(
                    "create table crm.contacts (id text primary key, name text, email text, modified timestamptz, note text)");
            statement.execute(
                    "insert into crm.contacts select 'k' || n, 'name', 'e@mail', now(), null from generate_series(1, 20000) n");
            statement.execute("analyze crm.contacts");
            // What a prepared statement comes to after a few runs, whatever its parameters.
            statement.execute("set plan_cache_mode = force_generic_plan");
            for (Operation operation : Operation.values()) {
                assertThat(plan(statement, WriterSteps.storeSql(TABLE, operation, Set.of())))
                        .as("store of %s", operation)
                        .doesNotContain("Seq Scan");
                if (operation != Operation.INSERT) {
                    assertThat(plan(statement, WriterSteps.lockSql(TABLE, operation)))
                            .as("lock of %s", operation)
                            .doesNotContain("Seq Scan")
                            .contains("contacts_pkey");
                }
            }
        }
    }

    private static String plan(Statement statement, String sql) throws SQLException {
        statement.execute("deallocate all");
        statement.execute("prepare it as " + sql);
        StringJoiner lines = new StringJoiner("\n");
        try (ResultSet rows = statement.executeQuery("explain execute it('[{\"id\": \"k17\"}]')")) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return lines.toString();
    }
}
