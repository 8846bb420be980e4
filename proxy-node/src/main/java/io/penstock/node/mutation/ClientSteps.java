package io.penstock.node.mutation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.penstock.adapters.Ddl;
import io.penstock.adapters.Operation;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.backend.ExchangeResult.StatementResult;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.sql.Dml;
import io.penstock.protocol.sql.QualifiedName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a mutation asks of the client's own server connection: the messages and how their answers are read. Pure.
 *
 * <p>Every name is qualified, because the search path is the client's.
 */
final class ClientSteps {
    /** SQLSTATE by which the guard stops a capture that has reached its bound. */
    static final String BOUND_REACHED = "SYEVB";
    /** SQLSTATE by which {@code penstock.begin_capture} says that nothing has been evaluated. */
    static final String NOT_AS_EXPECTED = "SYEXP";
    /** Rows that a capture evaluates before it gives up counting: far more than any API takes in one request. */
    static final int CAPTURE_BOUND = 10_000;

    private static final int JSONB = 3802;
    /** What decides how Postgres writes a value as text. The writer must write it in the same way to compare it. */
    private static final List<String> TEXT_SETTINGS =
            List.of("TimeZone", "DateStyle", "IntervalStyle", "bytea_output", "extra_float_digits", "lc_monetary");

    /** A number keeps every digit: as a double a numeric would reach the API rounded. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private ClientSteps() {}

    // ---- context ----

    private static final String CONTEXT = TEXT_SETTINGS.stream()
            .map(setting -> ", pg_catalog.current_setting('" + setting + "')")
            .collect(Collectors.joining(
                    "",
                    "select pg_catalog.to_regclass($1)::pg_catalog.oid, pg_catalog.pg_backend_pid(),"
                            + " pg_catalog.current_setting('transaction_isolation'), pg_catalog.transaction_timestamp(),"
                            + " session_user, current_user, pg_catalog.current_setting('penstock.dry_run', true),"
                            + " pg_catalog.current_setting('penstock.in_transaction', true)",
                    ""));

    static ByteBuf askContext(QualifiedName target) {
        return new Script().run(CONTEXT, inSql(target)).end();
    }

    private static String inSql(QualifiedName name) {
        String schema = name.schema();
        return (schema == null ? "" : Ddl.identifier(schema) + ".") + Ddl.identifier(name.name());
    }

    /** What a name means on the live search path: no row, or schema and table. */
    static ByteBuf askName(QualifiedName target) {
        String schema = target.schema();
        String name = (schema == null ? "" : Ddl.identifier(schema) + ".") + Ddl.identifier(target.name());
        return new Script()
                .run(
                        "select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid"
                                + " operator(pg_catalog.=) c.relnamespace where c.oid operator(pg_catalog.=)"
                                + " pg_catalog.to_regclass($1)",
                        name)
                .end();
    }

    static StatementContext context(StatementResult answer, SyncedTables tables) {
        String relation = answer.rows().get(0).text(0);
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < TEXT_SETTINGS.size(); i++) {
            settings.put(TEXT_SETTINGS.get(i), value(answer, 8 + i));
        }
        return new StatementContext(
                relation == null ? null : tables.byRelation(Long.parseLong(relation)),
                Integer.parseInt(value(answer, 1)),
                !value(answer, 2).startsWith("read "),
                value(answer, 3),
                value(answer, 4),
                value(answer, 5),
                isOn(answer.rows().get(0).text(6)),
                answer.rows().get(0).text(7),
                settings);
    }

    private static String value(StatementResult answer, int column) {
        String value = answer.rows().get(0).text(column);
        return value == null ? "" : value;
    }

    /** A custom setting is text to Postgres, so any spelling of a Boolean may stand in it. */
    private static boolean isOn(@Nullable String setting) {
        return setting != null && List.of("on", "true", "yes", "1").contains(setting.toLowerCase(Locale.ROOT));
    }

    // ---- capture ----

    /** Where the context stands among the steps of an {@link #evaluate}. */
    static final int CONTEXT_STEP = 1;

    /** Where the statement stands among the steps of a capture, and where the captured rows. */
    static final int STATEMENT_STEP = 2;

    static final int ROWS_STEP = 3;
    private static final int ROLLBACK_STEP = 4;

    /**
     * Evaluates the statement and undoes it.
     *
     * @param inBlock the client has a block open, which must live on; else one is opened and rolled back
     */
    static ByteBuf capture(EvaluatedStatement statement, boolean inBlock) {
        Script script = begin(inBlock)
                .run("select penstock.begin_capture(true, $1::pg_catalog.int4)", Integer.toString(CAPTURE_BOUND));
        return capture(script, statement, inBlock).end();
    }

    /**
     * Context, capture and the description of RETURNING in one exchange. Nothing is evaluated, and the exchange fails with {@value #NOT_AS_EXPECTED},
     * where the target is none of the candidates, or the session refuses mutations in its transactions.
     *
     * @param returning a query to be described, see {@link #returningQuery}, its only parameter the rows; or null
     */
    static ByteBuf evaluate(
            RequestedStatement statement,
            List<SyncedTable> candidates,
            MutationPolicy policy,
            @Nullable String returning,
            boolean inBlock) {
        String expected = "pg_catalog.to_regclass($1)::pg_catalog.oid operator(pg_catalog.=) any($2::pg_catalog.oid[])";
        if (policy.dependsOnSession()) {
            expected += " and coalesce(nullif(pg_catalog.current_setting('penstock.in_transaction', true), ''), '"
                    + (policy.refuseInTransaction() ? "refuse" : "escape") + "') operator(pg_catalog.<>) 'refuse'";
        }
        Script script = begin(inBlock)
                .run(
                        CONTEXT + ", penstock.begin_capture(" + expected + ", $3::pg_catalog.int4)",
                        inSql(statement.target()),
                        candidates.stream()
                                .map(table -> Long.toString(table.relation()))
                                .collect(Collectors.joining(",", "{", "}")),
                        Integer.toString(CAPTURE_BOUND));
        capture(script, statement.evaluated(), inBlock);
        if (returning != null) {
            script.describe(returning, typesWithRows(new int[0]));
        }
        return script.end();
    }

    private static Script begin(boolean inBlock) {
        return new Script().run(inBlock ? "SAVEPOINT penstock_capture" : "BEGIN");
    }

    private static Script capture(Script script, EvaluatedStatement statement, boolean inBlock) {
        return script.runDescribed(
                        statement.sql(),
                        statement.parameterTypes(),
                        statement.parameterFormats(),
                        statement.parameters(),
                        statement.resultFormats())
                .run("select relation, operation, old, new from penstock.captured order by position")
                .run(inBlock ? "ROLLBACK TO SAVEPOINT penstock_capture" : "ROLLBACK")
                .run(inBlock ? "RELEASE SAVEPOINT penstock_capture" : "");
    }

    /** Whether an {@link #evaluate} has come as far as the end of its capture. */
    static boolean isUndone(ExchangeResult answer) {
        return answer.results().size() > ROLLBACK_STEP
                && answer.results().get(ROLLBACK_STEP).tag() != null;
    }

    /** Undoes a capture that an error has kept from doing so itself. */
    static ByteBuf undo(boolean inBlock) {
        return inBlock
                ? new Script()
                        .run("ROLLBACK TO SAVEPOINT penstock_capture")
                        .run("RELEASE SAVEPOINT penstock_capture")
                        .end()
                : new Script().run("ROLLBACK").end();
    }

    static List<CapturedRow> captured(StatementResult answer) {
        List<CapturedRow> rows = new ArrayList<>(answer.rows().size());
        for (int row = 0; row < answer.rows().size(); row++) {
            rows.add(new CapturedRow(
                    Long.parseLong(text(answer, row, 0)),
                    Operation.valueOf(text(answer, row, 1)),
                    object(answer.rows().get(row).text(2)),
                    object(answer.rows().get(row).text(3))));
        }
        return rows;
    }

    private static String text(StatementResult answer, int row, int column) {
        String value = answer.rows().get(row).text(column);
        if (value == null) {
            throw new IllegalStateException("penstock.captured holds NULL where it cannot");
        }
        return value;
    }

    static @Nullable ObjectNode object(@Nullable String json) {
        if (json == null) {
            return null;
        }
        try {
            return JSON.readValue(json, ObjectNode.class);
        } catch (JsonProcessingException impossible) {
            // Without the cause: it quotes the row.
            throw new IllegalStateException("Postgres gave jsonb that is no JSON object");
        }
    }

    // ---- RETURNING ----

    /**
     * The RETURNING list as a query over rows given as JSON.
     *
     * @param text the statement that {@code dml}'s spans are about
     * @param parameter number of the parameter that carries the rows
     * @return null where the statement has no RETURNING
     */
    static @Nullable String returningQuery(String text, Dml dml, SyncedTable table, int parameter) {
        String list = dml.unqualifiedReturning(text);
        if (list == null) {
            return null;
        }
        var with = dml.with();
        String alias = dml.alias() == null ? table.mapping().table() : dml.alias();
        return (with == null ? "" : with.of(text) + " ") + "select " + list
                // A comment at the end of the list must not swallow what follows.
                + "\nfrom pg_catalog.jsonb_populate_recordset(null::" + WriterSteps.name(table) + ", $" + parameter
                + ") as "
                + Ddl.identifier(alias);
    }

    static ByteBuf describeReturning(String query, int[] statementTypes) {
        return new Script().describe(query, typesWithRows(statementTypes)).end();
    }

    /** @param statementTypes of the statement's parameters; none where the query takes none of them */
    static ByteBuf evaluateReturning(
            String query, int[] statementTypes, EvaluatedStatement statement, List<ObjectNode> rows) {
        List<byte @Nullable []> parameters =
                new ArrayList<>(statementTypes.length == 0 ? List.of() : statement.parameters());
        parameters.add(json(rows).getBytes(StandardCharsets.UTF_8));
        return new Script()
                .runDescribed(
                        query,
                        typesWithRows(statementTypes),
                        withText(statement.parameterFormats(), parameters.size() - 1),
                        parameters,
                        statement.resultFormats())
                .end();
    }

    private static int[] typesWithRows(int[] types) {
        int[] all = Arrays.copyOf(types, types.length + 1);
        all[types.length] = JSONB;
        return all;
    }

    /** The client's formats in their long form, and text for the rows: JSON has no use for jsonb's binary form. */
    private static short[] withText(short[] formats, int parameters) {
        short[] all = new short[parameters + 1];
        for (int i = 0; i < parameters; i++) {
            all[i] = formats.length == 0 ? 0 : formats.length == 1 ? formats[0] : formats[i];
        }
        return all;
    }

    /** Whether Postgres describes the two alike: the same names and types, which is what a client sees of a list. */
    static boolean sameColumns(@Nullable List<Column> one, @Nullable List<Column> other) {
        if (one == null || other == null) {
            return one == other;
        }
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            Column a = one.get(i);
            Column b = other.get(i);
            if (!a.name().equals(b.name()) || a.type() != b.type() || a.typeModifier() != b.typeModifier()) {
                return false;
            }
        }
        return true;
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree cannot be written");
        }
    }
}
