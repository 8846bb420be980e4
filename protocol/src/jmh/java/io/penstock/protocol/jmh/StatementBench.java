package io.penstock.protocol.jmh;

import io.penstock.protocol.sql.Classified;
import io.penstock.protocol.sql.Lexer;
import io.penstock.protocol.sql.LexerOptions;
import io.penstock.protocol.sql.StatementClassifier;
import io.penstock.protocol.sql.StatementSplitter;
import io.penstock.protocol.sql.TokenKind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the lexer, the splitter and the classifier cost for a statement: all traffic passes them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StatementBench {
    /** The kinds of statements that are measured. */
    public enum Sample {
        /** pgbench's, 58 characters. */
        POINT_SELECT("SELECT abalance FROM pgbench_accounts WHERE aid = 1234567;"),
        /** An ORM's, with eleven columns. */
        ORM_SELECT(
                "SELECT u0.\"id\", u0.\"email\", u0.\"name\", u0.\"created_at\", u0.\"updated_at\", a1.\"id\", a1.\"street\", a1.\"city\","
                        + " a1.\"zip\", a1.\"country\", a1.\"user_id\" FROM \"users\" AS u0 LEFT OUTER JOIN \"addresses\" AS a1 ON a1.\"user_id\" ="
                        + " u0.\"id\" WHERE (u0.\"email\" = $1) AND (u0.\"deleted_at\" IS NULL) ORDER BY u0.\"id\" LIMIT 20 OFFSET 40"),
        /** A mutation of a synced table. */
        MUTATION(
                "update salesforce.contacts set email = 'paul@dune.co', note = E'Moved to\\'Dune' where last_name = 'Atreides' returning *"),
        /** 64 KiB of one string. */
        LONG_STRING("insert into documents (body) values ('" + "lorem ipsum ".repeat(5_461) + "')");

        private final String sql;

        Sample(String sql) {
            this.sql = sql;
        }
    }

    @Param
    private Sample sample;

    private String sql;

    @Setup
    public void choose() {
        sql = sample.sql;
    }

    /** Every token. */
    @Benchmark
    public int lexer() {
        Lexer lexer = new Lexer(sql, LexerOptions.DEFAULT);
        int tokens = 0;
        while (lexer.next() != TokenKind.END) {
            tokens++;
        }
        return tokens;
    }

    /** Where a query's statements begin and end. */
    @Benchmark
    public List<String> splitter() {
        return StatementSplitter.split(sql, LexerOptions.DEFAULT);
    }

    /** What the statement is to the session. */
    @Benchmark
    public Classified classifier() {
        return StatementClassifier.classify(
                sql, LexerOptions.DEFAULT, name -> name.name().equals("contacts"));
    }
}
