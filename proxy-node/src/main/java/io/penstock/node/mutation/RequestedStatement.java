package io.penstock.node.mutation;

import io.penstock.adapters.Ddl;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.session.KnownStatement;
import io.penstock.protocol.session.MutationRequest;
import io.penstock.protocol.sql.Classified;
import io.penstock.protocol.sql.Dml;
import io.penstock.protocol.sql.ExplainOptions;
import io.penstock.protocol.sql.QualifiedName;
import io.penstock.protocol.sql.Span;
import org.jspecify.annotations.Nullable;

/**
 * A request taken apart: what is evaluated, what its shape is, and what the client gets of it.
 *
 * @param target as written
 * @param dml the shape, null where the statement is refused whatever it does
 * @param text what {@code dml}'s spans are about: the statement, or what EXECUTE runs
 * @param evaluated what Postgres is given
 * @param executed the text is not what is evaluated, so its parameters are not the request's
 * @param explain the options of EXPLAIN, or null
 * @param refused why a synced table refuses the statement; it is the server's own affair where the target is none
 */
record RequestedStatement(
        QualifiedName target,
        @Nullable Dml dml,
        String text,
        EvaluatedStatement evaluated,
        boolean executed,
        @Nullable ExplainOptions explain,
        @Nullable ErrorCode refused) {

    static RequestedStatement of(MutationRequest request) {
        return switch (request.statement()) {
            case Classified.Mutation(Dml dml) -> mutation(request, request.sql(), dml, null, false, request.sql());
            case Classified.Explain(ExplainOptions options, Span inner, Dml dml) -> {
                String text = inner.of(request.sql());
                yield mutation(request, text, dml, options, false, text);
            }
            case Classified.Execute(String name, Span arguments) -> prepared(request, request.sql(), null);
            case Classified.ExplainExecute(ExplainOptions options, String name, Span arguments) ->
                prepared(
                        request,
                        "EXECUTE " + Ddl.identifier(name)
                                + (arguments == null ? "" : "(" + arguments.of(request.sql()) + "\n)"),
                        options);
            case Classified.Refused(ErrorCode code, QualifiedName table) -> refused(request, code, table);
            case Classified.Relay _, Classified.Prepare _, Classified.Deallocate _, Classified.DryRun _ ->
                throw new IllegalArgumentException(
                        "the session answers " + request.statement().getClass().getSimpleName() + " itself");
        };
    }

    private static RequestedStatement prepared(
            MutationRequest request, String evaluated, @Nullable ExplainOptions explain) {
        KnownStatement prepared = request.prepared();
        if (prepared == null) {
            throw new IllegalArgumentException("EXECUTE without what it executes");
        }
        return switch (prepared.classified()) {
            case Classified.Mutation(Dml dml) -> mutation(request, prepared.sql(), dml, explain, true, evaluated);
            case Classified.Explain(ExplainOptions options, Span inner, Dml dml) ->
                mutation(request, inner.of(prepared.sql()), dml, options, true, evaluated);
            case Classified.Refused(ErrorCode code, QualifiedName table) -> refused(request, code, table);
            case Classified.Relay _,
                    Classified.Prepare _,
                    Classified.Execute _,
                    Classified.ExplainExecute _,
                    Classified.Deallocate _,
                    Classified.DryRun _ -> throw new IllegalArgumentException("EXECUTE of what is no mutation");
        };
    }

    private static RequestedStatement mutation(
            MutationRequest request,
            String text,
            Dml dml,
            @Nullable ExplainOptions explain,
            boolean executed,
            String evaluated) {
        boolean upsert = dml.upsert() != null;
        ErrorCode refused = explain != null && explain.analyze()
                ? ErrorCode.EXPLAIN_ANALYZE_REFUSED
                // What the server has prepared has its conflict clause, and cannot be evaluated without it.
                : upsert && executed ? ErrorCode.ON_CONFLICT_DO_UPDATE_REFUSED : null;
        String sql = upsert && !executed ? dml.withoutConflictClause(text) : evaluated;
        return new RequestedStatement(dml.target(), dml, text, evaluated(request, sql), executed, explain, refused);
    }

    private static RequestedStatement refused(MutationRequest request, ErrorCode code, QualifiedName table) {
        return new RequestedStatement(table, null, request.sql(), evaluated(request, request.sql()), false, null, code);
    }

    private static EvaluatedStatement evaluated(MutationRequest request, String sql) {
        return new EvaluatedStatement(
                sql,
                request.parameterTypes(),
                request.parameterFormats(),
                request.parameters(),
                request.resultFormats());
    }
}
