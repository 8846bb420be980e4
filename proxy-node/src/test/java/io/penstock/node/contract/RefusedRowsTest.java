package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Postgres fails when the API has accepted (catalogue C-02, C-06): what passes by itself is SY002, what has to be mended is 23000, and either way the
 * API's row is stored in the end, without a second request.
 */
class RefusedRowsTest {
    private static final PenstockFixture PENSTOCK = PenstockFixture.shared();

    /** Timeout of a statement, deadlock, lost race, disk full, out of memory, read-only, lock. */
    private static final List<String> PASSING = List.of("57014", "40P01", "40001", "53100", "53200", "25006", "55P03");

    /** Another row has its key, too long, null, a check, a trigger of the user's. */
    private static final List<String> LASTING = List.of("23505", "22001", "23502", "23514", "P0001");

    @Test
    void rowsThatTheApiAcceptedAreStoredInTheEnd() {
        Map<String, String> expected = new LinkedHashMap<>();
        String updated = PENSTOCK.name("fails 40P01");
        String deleted = PENSTOCK.name("fails 53100");
        long mark;
        try (WireClient client = PENSTOCK.client()) {
            insert(client, updated);
            insert(client, deleted);
            // Fails the writer alone: what the client's own connection evaluates goes well.
            PENSTOCK.superuser(
                    """
                    create function public.fail_as_told() returns trigger language plpgsql as $$
                    begin
                        if session_user = 'penstock_writer' and coalesce(old.department, new.department) like 'fails %' then
                            raise exception using message = 'told to fail', errcode = split_part(coalesce(old.department, new.department), ' ', 2);
                        end if;
                        return coalesce(new, old);
                    end $$
                    """,
                    "create trigger fail_as_told before insert or update or delete on salesforce.contacts"
                            + " for each row execute function public.fail_as_told()",
                    "alter table salesforce.contacts enable always trigger fail_as_told");
            mark = PENSTOCK.mark();
            try {
                for (String sqlState : PASSING) {
                    String department = PENSTOCK.name("fails " + sqlState);
                    expected.put(department, "SY002");
                    fails(insert(client, department), "SY002", sqlState);
                }
                for (String sqlState : LASTING) {
                    String department = PENSTOCK.name("fails " + sqlState);
                    expected.put(department, "23000");
                    WireReport refused = fails(insert(client, department), "23000", sqlState);
                    assertThat(refused.detail()).contains("told to fail (SQLSTATE " + sqlState + "). API id: 003");
                    await().atMost(Duration.ofSeconds(10))
                            .untilAsserted(() -> assertThat(states(department)).containsExactly("PARKED"));
                }
                fails(
                        client.simple("update salesforce.contacts set note = 'x' where department = '" + updated + "'"),
                        "SY002",
                        "40P01");
                fails(
                        client.simple("delete from salesforce.contacts where department = '" + deleted + "'"),
                        "SY002",
                        "53100");
                assertThat(PENSTOCK.requests(mark).stream().filter(ApiRequest::writes))
                        .hasSize(expected.size() + 2);
            } finally {
                PENSTOCK.superuser(
                        "drop trigger fail_as_told on salesforce.contacts", "drop function public.fail_as_told()");
            }
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(PENSTOCK.agreement().unfinished()).isEmpty());
        expected.keySet().forEach(department -> assertThat(states(department)).containsExactly("APPLIED"));
        assertThat(PENSTOCK.requests(mark).stream().filter(ApiRequest::writes)).hasSize(expected.size() + 2);
        assertThat(PENSTOCK.agreement().differences()).isEmpty();
    }

    private static WireAnswer insert(WireClient client, String department) {
        return client.simple("insert into salesforce.contacts (last_name, department) values ('A', '" + department
                + "') returning id");
    }

    private static WireReport fails(WireAnswer answer, String sqlState, String cause) {
        WireReport failure = answer.failure();
        assertThat(failure.sqlState()).as(cause).isEqualTo(sqlState);
        return failure;
    }

    private static List<String> states(String department) {
        List<String> states = new ArrayList<>();
        PENSTOCK.stored(
                        "select state from penstock.mutation_journal where operation = 'INSERT' and rows::text like '%\""
                                + department + "\"%'")
                .forEach(row -> states.add(String.valueOf(row.getFirst())));
        return states;
    }
}
