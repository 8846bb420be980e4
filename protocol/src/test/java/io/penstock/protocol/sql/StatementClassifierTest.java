package io.penstock.protocol.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.penstock.protocol.sql.generate.TestTable;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** S-01, S-05, S-06, S-10 to S-12 and S-23: what becomes of a statement. The verdict is written as one line. */
class StatementClassifierTest {
    private static final SyncedNames SYNCED =
            name -> TestTable.maybeSynced(name.schema() == null ? "" : name.schema(), name.name());

    static Stream<Arguments> verdicts() {
        return Stream.of(
                // S-01, S-02: disguises.
                arguments(
                        "/* /* n */ */ -- \r\fINSERT--x\nINTO salesforce.contacts DEFAULT VALUES",
                        "INSERT salesforce.contacts"),
                arguments(";;delete from contacts;", "DELETE contacts"),
                arguments(
                        "delete from U&\"\\0073alesforce\" . U&\"!0063ontacts\" uescape '!'",
                        "DELETE salesforce.contacts"),
                arguments("update postgres.salesforce.contacts set a = 1", "UPDATE salesforce.contacts"),
                arguments("update \"salesforce\".\"Contacts\" set a = 1", "Relay UPDATE"),
                arguments("update public.contacts set a = 1", "Relay UPDATE"),
                arguments("update only (contacts) set a = 1", "UPDATE contacts"),
                arguments("delete from contacts * using x", "DELETE contacts"),
                arguments("insert\u00A0into contacts default values", "Relay OTHER"),
                arguments("update orders set item = (select id from contacts)", "Relay UPDATE"),
                // S-05, S-23.
                arguments("prepare p (text, int) as delete from contacts", "Prepare p: DELETE contacts"),
                arguments("prepare \"P\" as select 1", "Relay PREPARE"),
                arguments("prepare p as delete from orders", "Relay PREPARE"),
                arguments(
                        "prepare p as merge into contacts using x on true when matched then delete",
                        "Refused MERGE_REFUSED contacts"),
                arguments("prepare transaction 'x'", "Relay PREPARE_TRANSACTION"),
                arguments("prepare transaction as delete from contacts", "Prepare transaction: DELETE contacts"),
                arguments("execute p", "Execute p"),
                arguments("execute P (1, ')', (2))", "Execute p"),
                arguments("explain analyze execute p(1)", "ExplainExecute p"),
                arguments("create table x as execute p", "Relay CREATE"),
                arguments("deallocate p", "Deallocate p"),
                arguments("deallocate prepare all", "Deallocate null"),
                arguments("deallocate prepare", "Deallocate prepare"),
                arguments("explain delete from contacts", "Explain DELETE contacts"),
                arguments("explain (analyze, verbose) delete from contacts", "Explain DELETE contacts"),
                arguments("explain (select 1)", "Relay EXPLAIN"),
                arguments("explain explain delete from contacts", "Relay EXPLAIN"),
                arguments(
                        "explain analyze with x as (delete from contacts returning 1) select 1",
                        "Refused DATA_MODIFYING_CTE_REFUSED contacts"),
                // S-06.
                arguments(
                        "with a as (update contacts set a = 1 returning *) select * from a",
                        "Refused DATA_MODIFYING_CTE_REFUSED contacts"),
                arguments(
                        "with a as (with b as (delete from contacts) select 1) select 1",
                        "Refused DATA_MODIFYING_CTE_REFUSED contacts"),
                arguments(
                        "with a as (insert into orders values (1)) insert into contacts values (1)",
                        "Refused DATA_MODIFYING_CTE_REFUSED contacts"),
                arguments(
                        "with a as (delete from contacts) delete from orders",
                        "Refused DATA_MODIFYING_CTE_REFUSED contacts"),
                arguments("with a as (select 1) delete from contacts", "DELETE contacts"),
                arguments(
                        "with recursive a (n) as (select 1), b as not materialized (select 2) insert into contacts"
                                + " select * from a",
                        "INSERT contacts"),
                arguments(
                        "insert into orders with a as (delete from contacts returning 1) select * from a",
                        "Refused DATA_MODIFYING_CTE_REFUSED contacts"),
                arguments(
                        "select * from (with a as (delete from contacts) select 1) b",
                        "Refused DATA_MODIFYING_CTE_REFUSED contacts"),
                // S-10 to S-12.
                arguments("copy contacts from stdin", "Refused COPY_FROM_REFUSED contacts"),
                arguments(
                        "copy binary salesforce.contacts (id) from '/x'",
                        "Refused COPY_FROM_REFUSED salesforce.contacts"),
                arguments("copy contacts to stdout", "Relay COPY"),
                arguments(
                        "copy (delete from contacts returning id) to stdout", "Refused COPY_MUTATION_REFUSED contacts"),
                arguments(
                        "merge into only contacts as c using x on true when matched then delete",
                        "Refused MERGE_REFUSED contacts"),
                arguments("merge into orders using contacts on true when matched then delete", "Relay MERGE"),
                arguments(
                        "insert into contacts values (1) on conflict (id) do update set a = 1",
                        "Refused ON_CONFLICT_DO_UPDATE_REFUSED contacts"),
                arguments("insert into contacts values (1) on conflict do nothing", "INSERT contacts"),
                arguments(
                        "insert into contacts select 1 from a join b on conflict (a.x) on conflict (id) do nothing",
                        "INSERT contacts"),
                arguments("truncate orders, only (contacts)", "Refused TRUNCATE_REFUSED contacts"),
                arguments("truncate table public.contacts cascade", "Relay TRUNCATE"),
                arguments(
                        "create rule r as on insert to orders do also delete from contacts",
                        "Refused STORED_MUTATION_REFUSED contacts"),
                arguments(
                        "create function f() language sql begin atomic; delete from contacts; end",
                        "Refused STORED_MUTATION_REFUSED contacts"),
                arguments("create function f() returns void language sql as 'delete from contacts'", "Relay CREATE"),
                arguments("select 1; delete from contacts", "Refused DATA_MODIFYING_CTE_REFUSED contacts"),
                // What only sounds like a write.
                arguments("select * from contacts for update of contacts", "Relay SELECT"),
                arguments("select delete from contacts", "Relay SELECT"),
                arguments("select max(x) update from contacts", "Relay SELECT"),
                arguments("grant update on contacts to x", "Relay OTHER"),
                arguments("create trigger t before insert or update on contacts execute function f()", "Relay CREATE"),
                arguments(
                        "create table x (a int references contacts on delete cascade on update cascade)",
                        "Relay CREATE"),
                arguments("insert into orders values ('delete from contacts')", "Relay INSERT"),
                arguments("do $$ begin delete from contacts; end $$", "Relay DO"),
                // What Postgres calls a syntax error is left to Postgres.
                arguments("delete from contacts where (a = 1", "Relay DELETE"),
                arguments("delete from contacts where a = 'x", "Relay DELETE"),
                arguments("update contacts sett a = 1", "Relay UPDATE"),
                arguments("update contacts", "Relay UPDATE"),
                arguments("insert into contacts", "Relay INSERT"),
                arguments("insert into contacts (a) values (1) returning", "Relay INSERT"),
                // What a session has to know.
                arguments("", "Relay EMPTY"),
                arguments("-- c", "Relay EMPTY"),
                arguments("(select 1)", "Relay SELECT"),
                arguments("start transaction", "Relay BEGIN"),
                arguments("end", "Relay COMMIT"),
                arguments("commit prepared 'x'", "Relay COMMIT_PREPARED"),
                arguments("abort", "Relay ROLLBACK"),
                arguments("rollback work to savepoint a", "Relay ROLLBACK_TO"),
                arguments("reset all", "Relay RESET_ALL"),
                arguments("discard all", "Relay DISCARD_ALL"),
                arguments("discard temp", "Relay DISCARD"),
                arguments("set role x", "Relay SET"));
    }

    @ParameterizedTest
    @MethodSource("verdicts")
    void saysWhatBecomesOfAStatement(String sql, String expected) {
        assertThat(verdict(classify(sql))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set penstock.dry_run = on | ON false",
                "SET SESSION Penstock.\"DRY_run\" TO 'TRUE' | ON false",
                "set local penstock.dry_run to 1 | ON true",
                "set penstock.dry_run = f | OFF false",
                "set penstock.dry_run = 'of' | OFF false",
                "set penstock.dry_run = o | INVALID false",
                "set penstock.dry_run = 2 | INVALID false",
                "set penstock.dry_run = on, off | INVALID false",
                "set local penstock.dry_run = default | RESET true",
                "reset penstock.dry_run | RESET false",
                "show penstock.dry_run; | SHOW false"
            })
    void readsTheProxysOwnSetting(String sql, String expected) {
        assertThat(classify(sql))
                .isInstanceOfSatisfying(
                        Classified.DryRun.class,
                        dryRun -> assertThat(dryRun.action() + " " + dryRun.local())
                                .isEqualTo(expected));
    }

    @Test
    void findsTheClausesOfAnUpdate() {
        String sql =
                "with w as (select 1) update only salesforce.contacts as \"C\" set a = x is distinct from y, (b, c) ="
                        + " (select 1, 2), d[1] = 2, e.f = 3 from orders o join w on true where o.from = 'where' /* c */"
                        + " returning o.returning as x, 'y' -- z";
        Dml dml = mutation(sql);
        assertThat(dml.only()).isTrue();
        assertThat(dml.alias()).isEqualTo("C");
        assertThat(dml.assignedColumns()).containsExactly("a", "b", "c", "d", "e");
        assertThat(text(dml.with(), sql)).isEqualTo("with w as (select 1)");
        assertThat(dml.targetSpan().of(sql)).isEqualTo("salesforce.contacts");
        assertThat(text(dml.from(), sql)).isEqualTo("orders o join w on true");
        assertThat(text(dml.where(), sql)).isEqualTo("o.from = 'where'");
        assertThat(text(dml.returning(), sql)).isEqualTo("o.returning as x, 'y'");
        assertThat(dml.returningUsesOldNew()).isFalse();
    }

    @Test
    void findsTheClausesOfAnInsert() {
        String sql = "insert into contacts as c (a, values, b.d, e[1]) overriding user value (values (1, 2, 3, 4)) on"
                + " conflict (a) where a > 1 do nothing returning with (old as o) o.a, *;";
        Dml dml = mutation(sql);
        assertThat(dml.alias()).isEqualTo("c");
        assertThat(dml.insertColumns()).containsExactly("a", "values", "b", "e");
        assertThat(text(dml.insertSource(), sql)).isEqualTo("(values (1, 2, 3, 4))");
        assertThat(dml.onConflict()).isEqualTo(OnConflict.DO_NOTHING);
        assertThat(text(dml.onConflictSpan(), sql)).isEqualTo("on conflict (a) where a > 1 do nothing");
        assertThat(text(dml.returning(), sql)).isEqualTo("o.a, *");
        assertThat(dml.returningUsesOldNew()).isTrue();
    }

    @Test
    void findsTheClausesOfADelete() {
        String sql = "delete from contacts using a join b using (id) where current of c returning id old, c.new, id";
        Dml dml = mutation(sql);
        assertThat(text(dml.from(), sql)).isEqualTo("a join b using (id)");
        assertThat(dml.whereCurrentOf()).isTrue();
        assertThat(text(dml.where(), sql)).isEqualTo("current of c");
        assertThat(dml.returningUsesOldNew()).isFalse();
        assertThat(mutation("delete from contacts returning id, old").returningUsesOldNew())
                .isTrue();
        assertThat(mutation("delete from contacts as old returning old.id").returningUsesOldNew())
                .isFalse();
    }

    @Test
    void findsTheTargetsSchemaInReturning() {
        String sql =
                "insert into salesforce.contacts (a) values (1) returning salesforce.contacts.id, SalesForce . \"contacts\".*,"
                        + " upper(salesforce.contacts.name) as salesforce, salesforce.contacts, x.salesforce.contacts.id";
        assertThat(mutation(sql).unqualifiedReturning(sql))
                .isEqualTo("contacts.id, \"contacts\".*, upper(contacts.name) as salesforce, salesforce.contacts,"
                        + " x.salesforce.contacts.id");
    }

    @Test
    void leavesReturningAsItIsWhereAShorterNameCouldMeanAnotherTable() {
        for (String sql : List.of(
                "delete from salesforce.contacts returning (select salesforce.contacts.id from other as contacts)",
                "delete from salesforce.contacts as c returning salesforce.contacts.id",
                "delete from contacts returning salesforce.contacts.id")) {
            Dml dml = mutation(sql);
            assertThat(dml.unqualifiedReturning(sql)).isEqualTo(text(dml.returning(), sql));
        }
        assertThat(mutation("delete from contacts").unqualifiedReturning("delete from contacts"))
                .isNull();
    }

    @Test
    void countsSpansFromTheWrappedStatement() {
        String sql = "explain (format 'JSON', analyze off, buffers true) delete from contacts where a = 1";
        assertThat(classify(sql)).isInstanceOfSatisfying(Classified.Explain.class, explain -> {
            String inner = explain.inner().of(sql);
            assertThat(inner).isEqualTo("delete from contacts where a = 1");
            assertThat(text(explain.dml().where(), inner)).isEqualTo("a = 1");
            assertThat(explain.options())
                    .isEqualTo(new ExplainOptions(
                            false, false, ExplainOptions.Format.JSON, java.util.List.of("buffers true")));
        });
    }

    private static String text(@org.jspecify.annotations.Nullable Span span, String sql) {
        return span == null ? "" : span.of(sql);
    }

    private static Classified classify(String sql) {
        return StatementClassifier.classify(sql, LexerOptions.DEFAULT, SYNCED);
    }

    private static Dml mutation(String sql) {
        if (classify(sql) instanceof Classified.Mutation mutation) {
            return mutation.dml();
        }
        throw new AssertionError("no mutation: " + classify(sql));
    }

    private static String verdict(Classified classified) {
        return switch (classified) {
            case Classified.Relay relay -> "Relay " + relay.command();
            case Classified.Mutation mutation -> verdict(mutation.dml());
            case Classified.Explain explain -> "Explain " + verdict(explain.dml());
            case Classified.Prepare prepare -> "Prepare " + prepare.name() + ": " + verdict(prepare.innerClass());
            case Classified.Execute execute -> "Execute " + execute.name();
            case Classified.ExplainExecute execute -> "ExplainExecute " + execute.name();
            case Classified.Deallocate deallocate -> "Deallocate " + deallocate.name();
            case Classified.Refused refused -> "Refused " + refused.code() + " " + refused.table();
            case Classified.DryRun dryRun -> "DryRun " + dryRun.action();
        };
    }

    private static String verdict(Dml dml) {
        return dml.operation() + " " + dml.target();
    }
}
