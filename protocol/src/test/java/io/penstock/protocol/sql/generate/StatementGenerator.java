package io.penstock.protocol.sql.generate;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Generates SQL from a seed; the same seed gives the same statements.
 *
 * <p>{@link #plannable} gives one query or write that Postgres, with {@link TestTable#DDL} and {@code search_path = public, salesforce}, can
 * mostly plan (some it refuses for reasons of types or names: let an oracle skip those). {@link #anything} gives texts of one statement or several
 * that are right by Postgres's grammar and may speak of what does not exist.
 */
public final class StatementGenerator {
    private final SplittableRandom random;

    public StatementGenerator(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** One SELECT, INSERT, UPDATE, DELETE or MERGE, some with writes inside their WITH. */
    public String plannable() {
        SqlWriter writer = writer();
        QueryGenerator queries = new QueryGenerator(random, writer);
        WriteGenerator writes = new WriteGenerator(random, writer, queries, false);
        if (queries.chance(20)) {
            if (queries.chance(40)) {
                writes.with(1);
                writer.words("select").symbols("1");
            } else {
                queries.query(List.of(), 1, 2);
            }
        } else {
            writes.write(1);
        }
        return writer.text();
    }

    /** A text of one statement, sometimes of several. */
    public String anything() {
        SqlWriter writer = writer();
        int statements = random.nextInt(6) == 0 ? 2 + random.nextInt(3) : 1;
        for (int i = 0; i < statements; i++) {
            if (i > 0 || random.nextInt(30) == 0) {
                writer.symbols(random.nextInt(8) == 0 ? "; ;" : ";");
            }
            statement(writer);
        }
        if (random.nextInt(5) == 0) {
            writer.symbols(";");
        }
        return writer.text();
    }

    private void statement(SqlWriter writer) {
        QueryGenerator queries = new QueryGenerator(random, writer);
        WriteGenerator writes = new WriteGenerator(random, writer, queries, true);
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> writes.write(random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0);
            case 5 -> {
                writes.with(2);
                queries.select(List.of(), 1, 1);
            }
            case 6 -> queries.query(List.of(), 1 + random.nextInt(3), 3);
            default -> new UtilityGenerator(random, writer, queries, writes).write();
        }
    }

    /** Half of the statements are written plainly, the others more or less oddly. */
    private SqlWriter writer() {
        int noise = random.nextBoolean() ? 0 : 5 + random.nextInt(40);
        return new SqlWriter(random, noise);
    }
}
