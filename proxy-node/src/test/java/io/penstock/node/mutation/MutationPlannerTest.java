package io.penstock.node.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Operation;
import io.penstock.node.mutation.MutationPlanner.Planned;
import io.penstock.protocol.error.ErrorCode;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What captured rows become, and what they may not become. */
class MutationPlannerTest {
    private static final UUID ID = new UUID(1, 1);
    private static final int LIMIT = 3;

    private final MutationPlanner planner = new MutationPlanner(Rows.table(new PlannedApi(LIMIT, LIMIT)));

    @Test
    void noRowNeedsNoRequest() {
        assertThat(plan("delete from crm.contacts")).isEqualTo(new Planned.Nothing());
    }

    @Test
    void theLimitIsTakenAndOneRowMoreIsNot() {
        assertThat(plan("delete from crm.contacts", deletes(LIMIT))).isInstanceOf(Planned.Requests.class);
        assertRefused(plan("delete from crm.contacts", deletes(LIMIT + 1)), ErrorCode.TOO_MANY_ROWS);
    }

    @Test
    void anInsertSendsNamedColumnsAndDefaultsButNoNullThatNobodyAskedForAndNothingLocal() {
        CapturedRow row =
                new CapturedRow(Rows.RELATION, Operation.INSERT, null, Rows.row("penstock:1", "Paul", "local"));

        assertThat(sent(plan("insert into crm.contacts (note) values ('local')", row))
                        .toString())
                .as("a default for the name came from Postgres")
                .isEqualTo("{\"name\":\"Paul\"}");
        assertThat(sent(plan("insert into crm.contacts (name, email) values ('Paul', null)", row))
                        .toString())
                .isEqualTo("{\"name\":\"Paul\",\"email\":null}");
    }

    @Test
    void anUpdateSendsWhatItAssignsAndWhatATriggerChanged() {
        CapturedRow row = new CapturedRow(
                Rows.RELATION,
                Operation.UPDATE,
                Rows.row("k", "Paul", null),
                Rows.row("k", "Paul", null).put("email", "by a trigger"));

        assertThat(sent(plan("update crm.contacts set name = 'Paul'", row)).toString())
                .as("the API's name may be another by now")
                .isEqualTo("{\"name\":\"Paul\",\"email\":\"by a trigger\"}");
    }

    @Test
    void aChangeOfLocalColumnsIsPostgresOwn() {
        assertThat(plan("update crm.contacts set note = 'x'", Rows.noted("k", "x")))
                .isEqualTo(new Planned.LocalOnly());
    }

    @Test
    void aKeyIsTheApisToGiveAndNobodysToChange() {
        assertRefused(
                plan(
                        "insert into crm.contacts (id) values ('mine')",
                        new CapturedRow(Rows.RELATION, Operation.INSERT, null, Rows.row("mine", "Paul", null))),
                ErrorCode.API_READ_ONLY_COLUMN);
        assertRefused(
                plan(
                        "update crm.contacts set name = 'x'",
                        new CapturedRow(
                                Rows.RELATION,
                                Operation.UPDATE,
                                Rows.row("k", "Paul", null),
                                Rows.row("by a trigger", "x", null))),
                ErrorCode.KEY_CHANGE_REFUSED);
        assertRefused(
                plan("update crm.contacts set id = id", Rows.updated("k", "Paul", "Paul")),
                ErrorCode.KEY_CHANGE_REFUSED);
    }

    @Test
    void aColumnThatIsYoungerThanTheNodeIsNotWritten() {
        CapturedRow inserted = new CapturedRow(
                Rows.RELATION,
                Operation.INSERT,
                null,
                Rows.row("penstock:1", "Paul", null).put("fax", "1").put("length", 4));
        CapturedRow updated = new CapturedRow(
                Rows.RELATION,
                Operation.UPDATE,
                Rows.row("k", "Paul", null).putNull("fax"),
                Rows.row("k", "Paul", null).put("fax", "1"));

        assertThat(refusal(plan("insert into crm.contacts (name, fax) values ('Paul', '1')", inserted)))
                .contains("fax")
                .contains("crm.contacts");
        assertRefused(plan("insert into crm.contacts values ('Paul', '1')", inserted), ErrorCode.COLUMN_NOT_KNOWN);
        assertRefused(plan("update crm.contacts set fax = '1'", updated), ErrorCode.COLUMN_NOT_KNOWN);
        assertThat(plan("insert into crm.contacts (name, length) values ('Paul', default)", inserted))
                .as("a default of the new column is Postgres's own, as a generated column is")
                .isInstanceOf(Planned.Requests.class);
        assertThat(plan("update crm.contacts set name = 'Paul'", Rows.updated("k", "P", "Paul")))
                .isInstanceOf(Planned.Requests.class);
    }

    @Test
    void rowsOfAnotherTableOrOperationUnderneathAreRefused() {
        assertRefused(
                plan("delete from crm.contacts", Rows.deleted("k"), Rows.inserted("by a function")),
                ErrorCode.SHAPE_NOT_UNDERSTOOD);
        assertRefused(
                plan(
                        "delete from crm.contacts",
                        new CapturedRow(Rows.RELATION + 1, Operation.DELETE, Rows.row("k", "Paul", null), null)),
                ErrorCode.SHAPE_NOT_UNDERSTOOD);
    }

    @Test
    void whatTheAdapterRefusesIsRefused() {
        assertRefused(
                plan("update crm.contacts set name = 'refused'", Rows.updated("k", "Paul", "refused")),
                ErrorCode.API_VALIDATION);
    }

    private Planned plan(String statement, CapturedRow... rows) {
        return planner.plan(ID, Rows.dml(statement), List.of(rows));
    }

    private static CapturedRow[] deletes(int rows) {
        return IntStream.range(0, rows).mapToObj(i -> Rows.deleted("k" + i)).toArray(CapturedRow[]::new);
    }

    private static ObjectNode sent(Planned planned) {
        assertThat(planned).isInstanceOf(Planned.Requests.class);
        return ((Planned.Requests) planned).mutation().rows().getFirst().values();
    }

    private static String refusal(Planned planned) {
        assertThat(planned).isInstanceOf(Planned.Refused.class);
        return ((Planned.Refused) planned).error().message();
    }

    private static void assertRefused(Planned planned, ErrorCode code) {
        assertThat(planned).isInstanceOf(Planned.Refused.class);
        assertThat(((Planned.Refused) planned).error().sqlState()).isEqualTo(code.sqlState());
    }
}
