package io.penstock.protocol.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** S-04: where one statement ends and the next begins. */
class StatementSplitterTest {
    static Stream<Arguments> texts() {
        return Stream.of(
                arguments("", List.of()),
                arguments(" ; /* c */ ;-- x", List.of()),
                arguments("select 1", List.of("select 1")),
                arguments("; select 1;", List.of(" select 1")),
                arguments(
                        "SELECT 1; INSERT INTO t VALUES (';'); BEGIN; UPDATE t SET a = $$;$$",
                        List.of("SELECT 1", " INSERT INTO t VALUES (';')", " BEGIN", " UPDATE t SET a = $$;$$")),
                arguments(
                        "select 1 /* ; */; -- ;\nselect 2 -- end",
                        List.of("select 1 /* ; */", " -- ;\nselect 2 -- end")),
                arguments(
                        "create rule r as on insert to a do also (delete from b; delete from c); select 1",
                        List.of("create rule r as on insert to a do also (delete from b; delete from c)", " select 1")),
                arguments(
                        "create function f() returns int begin atomic select 1; select case when true then 2 end; end;"
                                + " select 3",
                        List.of(
                                "create function f() returns int begin atomic select 1; select case when true then 2"
                                        + " end; end",
                                " select 3")),
                arguments(
                        "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT 1 AS end, t.case FROM t; END; select 3",
                        List.of(
                                "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT 1 AS end, t.case FROM t; END",
                                " select 3")),
                // Names that only look like a body: nothing may hide behind them.
                arguments(
                        "create function begin() returns int language sql as 'x'; delete from t; end",
                        List.of("create function begin() returns int language sql as 'x'", " delete from t", " end")),
                arguments(
                        "create table begin (atomic int); select 1",
                        List.of("create table begin (atomic int)", " select 1")),
                arguments("begin; select 1; end", List.of("begin", " select 1", " end")),
                // Text that Postgres refuses as a whole.
                arguments("select (1; delete from t", List.of("select (1; delete from t")),
                arguments("select 1); delete from t", List.of("select 1)", " delete from t")),
                arguments("select 'a; delete from t", List.of("select 'a; delete from t")));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void splitsAtSemicolonsThatEndStatements(String sql, List<String> expected) {
        assertThat(StatementSplitter.split(sql, LexerOptions.DEFAULT)).isEqualTo(expected);
    }

    @Test
    void copiesNothingWhereThereIsOneStatement() {
        String sql = "select 1 -- the whole text";
        assertThat(StatementSplitter.split(sql, LexerOptions.DEFAULT).getFirst())
                .isSameAs(sql);
    }

    @Test
    void followsTheSessionsSetting() {
        String sql = "select 'a\\'; delete from t; --'";
        assertThat(StatementSplitter.split(sql, new LexerOptions(true))).hasSize(2);
        assertThat(StatementSplitter.split(sql, new LexerOptions(false))).containsExactly(sql);
    }
}
