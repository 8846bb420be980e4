package io.penstock.protocol.sql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.penstock.protocol.sql.SessionTrace.Action;
import io.penstock.protocol.sql.SessionTrace.Naming;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a text tells of what it leaves in its session. */
class SessionTracesTest {
    private static SessionTrace only(String sql) {
        List<SessionTrace> traces = SessionTraces.read(sql, LexerOptions.DEFAULT);
        assertThat(traces).as(sql).hasSize(1);
        return traces.getFirst();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "select 'set timezone = 1', \"set\" from t -- set x = 1",
                "update t set a = 1 where b = 2",
                "begin",
                "rollback",
                "rollback work and chain",
                "select 1 as notify, 2 as savepoint",
                "do $$begin perform pg_notify('c', ''); perform pg_advisory_unlock(1); drop table t; rollback; end$$",
                "set transaction isolation level serializable",
                "select pg_advisory_xact_lock(1)",
                "create temp table t (id int) on commit drop",
                "declare c cursor for select 1",
                "prepare transaction 'x'",
                "insert into t select nextval('s')",
            })
    void nothing(String sql) {
        assertThat(SessionTraces.read(sql, LexerOptions.DEFAULT)).allMatch(SessionTrace::isNone);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set work_mem = '1MB'                     | work_mem",
                "SET SESSION DateStyle TO iso             | datestyle",
                "set \"App\".tenant = 'x'                 | app.tenant",
                "set time zone 'UTC'                      | timezone",
                "set names 'utf8'                         | client_encoding",
                "set schema 's'                           | search_path",
                "set role none                            | role",
                "reset work_mem                           | work_mem",
                "select set_config('A.b', $1, false)      | a.b",
                "select U&\"set\\005fconfig\"('a.b', 'x', false) | a.b",
            })
    void aSettingThatIsAskedForAfterwards(String sql, String setting) {
        assertThat(only(sql).settings()).containsExactly(setting);
        assertThat(only(sql).stays()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set local timezone = 'UTC'            | timezone",
                "select set_config('app.x', $1, true)  | app.x",
            })
    void aSettingOfTheTransactionOnly(String sql, String setting) {
        assertThat(only(sql).local()).containsExactly(setting);
        assertThat(only(sql).settings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create temp table t (id int)                   | TEMPORARY_OBJECT",
                "create or replace local temporary view v as select 1 | TEMPORARY_OBJECT",
                "create table pg_temp.t (id int)                | TEMPORARY_OBJECT",
                "select * into temp t from u                    | TEMPORARY_OBJECT",
                "set search_path = public, pg_temp              | TEMPORARY_OBJECT",
                "select set_config('search_path', 'pg_temp', false) | TEMPORARY_OBJECT",
                "select pg_catalog.pg_advisory_lock(1)          | ADVISORY_LOCK",
                "select PG_TRY_ADVISORY_LOCK(1)                 | ADVISORY_LOCK",
                "declare c cursor with hold for select 1        | HELD_CURSOR",
                "listen ääääääääääääääääääääääääääääääää        | LISTEN",
                "set session authorization u                    | SESSION_AUTHORIZATION",
                "load 'x'                                       | LIBRARY",
                "select set_config($1, $2, false)               | COMPUTED_SETTING",
                "select setseed(0.5)                            | RANDOM_SEED",
                "select lastval()                               | SEQUENCE_VALUE",
                "do $$begin set work_mem = '1MB'; end$$         | CODE",
                "create or replace function f() returns int language sql return 1 | CODE",
            })
    void whatStays(String sql, Stays reason) {
        assertThat(only(sql).stays()).isEqualTo(reason);
    }

    static Stream<Arguments> channels() {
        return Stream.of(
                arguments("listen C", new Listening.Listen("c")),
                arguments("listen \"A b\"", new Listening.Listen("A b")),
                arguments("LISTEN U&\"\\0061\"", new Listening.Listen("a")),
                arguments("unlisten c", new Listening.Unlisten("c")),
                arguments("unlisten *", new Listening.Unlisten(null)),
                arguments("notify c, 'x'", new Listening.Notify()),
                arguments("select pg_catalog.pg_notify('c', x) from t", new Listening.Notify()),
                arguments("savepoint s", new Listening.Savepoint("s")),
                arguments("release s", new Listening.Release("s")),
                arguments("release savepoint S", new Listening.Release("s")),
                arguments("rollback to s", new Listening.RollbackTo("s")),
                arguments("rollback transaction to savepoint \"S\"", new Listening.RollbackTo("S")));
    }

    @ParameterizedTest
    @MethodSource
    void channels(String sql, Listening expected) {
        assertThat(only(sql).listening()).isEqualTo(expected);
        assertThat(only(sql).stays()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table t",
                "close c",
                "discard temp",
                "select pg_advisory_unlock_all()",
                "select PG_ADVISORY_UNLOCK(1)"
            })
    void whatMayFree(String sql) {
        assertThat(only(sql).frees()).isTrue();
        assertThat(only(sql).stays()).isNull();
    }

    private static @Nullable String named(SessionTrace trace) {
        Naming naming = trace.naming();
        return naming == null ? null : naming.name();
    }

    @Test
    void whatAPreparedStatementLeavesItLeavesWhenItIsExecuted() {
        String sql =
                "select 1; PREPARE \"P q\" (int, text) AS select set_config('app.x', $2, false), pg_advisory_lock($1) ; select 2";
        SessionTrace trace = SessionTraces.read(sql, LexerOptions.DEFAULT).get(1);

        assertThat(trace.stays()).isNull();
        assertThat(trace.settings()).isEmpty();
        assertThat(trace.isStructural()).isTrue();
        Naming naming = requireNonNull(trace.naming());
        assertThat(naming.name()).isEqualTo("P q");
        assertThat(requireNonNull(naming.at()).of(sql)).isEqualTo("\"P q\"");
        assertThat(requireNonNull(naming.rest()).of(sql).trim())
                .isEqualTo("(int, text) AS select set_config('app.x', $2, false), pg_advisory_lock($1)");
        SessionTrace inner = requireNonNull(naming.inner());
        assertThat(inner.settings()).containsExactly("app.x");
        assertThat(inner.stays()).isEqualTo(Stays.ADVISORY_LOCK);
    }

    @Test
    void namesOfPreparedStatementsAreFoundWithTheirPlace() {
        String sql = "select 1; execute \"P q\"(1); deallocate prepare b";
        List<SessionTrace> traces = SessionTraces.read(sql, LexerOptions.DEFAULT);

        assertThat(traces).extracting(SessionTracesTest::named).containsExactly(null, "P q", "b");
        Naming execute = requireNonNull(traces.get(1).naming());
        assertThat(requireNonNull(execute.at()).of(sql)).isEqualTo("\"P q\"");
        assertThat(execute.action()).isEqualTo(Action.EXECUTE);
        assertThat(requireNonNull(traces.get(2).naming()).action()).isEqualTo(Action.DEALLOCATE);
        assertThat(named(only("explain analyze execute b"))).isEqualTo("b");
        assertThat(only("deallocate all").isStructural()).isTrue();
        assertThat(named(only("deallocate all"))).isNull();
        assertThat(only("discard all").discardsAll()).isTrue();
        assertThat(only("reset all").everySetting()).isTrue();
        assertThat(only("set session characteristics as transaction read only").settings())
                .isEqualTo(Set.of(
                        "default_transaction_isolation",
                        "default_transaction_read_only",
                        "default_transaction_deferrable"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select 'now'::timestamp             | true",
                "select * from t where d = ' Today'  | true",
                "select now(), 'x'                   | false",
                "select 1                            | false",
                "select 'known'                      | false",
            })
    void aConstantThatMeansTheTime(String sql, boolean may) {
        assertThat(SessionTraces.mayMeanTheTime(sql)).isEqualTo(may);
    }
}
