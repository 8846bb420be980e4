package io.penstock.protocol.sql;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.sql.Classified.Mutation;
import io.penstock.protocol.sql.Classified.Refused;
import io.penstock.protocol.sql.Classified.Relay;
import org.jspecify.annotations.Nullable;

/**
 * Says what a session has to do with a statement, from its shape alone. What it calls a mutation is read again by Postgres before anything
 * is sent; what Postgres will call a syntax error is relayed, so that the client gets Postgres's own words; and a write that it cannot see
 * (in a function, behind a view or a trigger) is refused by the guard in the database.
 *
 * <p>A statement that holds none of the words INSERT, UPDATE, DELETE and MERGE is read once and leaves nothing on the heap.
 */
public final class StatementClassifier {
    private StatementClassifier() {}

    /**
     * Classifies exactly one statement, with or without a semicolon.
     *
     * @param statement one of {@link StatementSplitter#split}, or the text of a Parse message
     */
    public static Classified classify(String statement, LexerOptions options, SyncedNames names) {
        Command command = StatementStart.commandOfHarmless(statement, options);
        return command == null
                ? new StatementClassifier.OfTokens(Tokens.of(statement, options), options, names).classify()
                : Relays.of(command);
    }

    /** Classifies what may write to a table or concerns the session in a way that needs a closer look. */
    private record OfTokens(Tokens tokens, LexerOptions options, SyncedNames names) {
        Classified classify() {
            int first = 0;
            while (tokens.is(first, ';')) {
                first++;
            }
            Keyword keyword = tokens.keyword(first);
            Command command = tokens.is(first, '(')
                    ? Command.SELECT
                    : StatementStart.command(keyword, tokens.keyword(first + 1), tokens.keyword(first + 2));
            if (!tokens.isWellFormed()) {
                return Relays.of(command);
            }
            return switch (keyword) {
                case INSERT, UPDATE, DELETE, MERGE, WITH -> writeOrQuery(first, command);
                case EXPLAIN -> explain(first + 1);
                case PREPARE -> prepare(first + 1);
                case EXECUTE -> PreparedStatements.execute(tokens, first + 1);
                case DEALLOCATE -> PreparedStatements.deallocate(tokens, first + 1);
                case COPY -> copy(first + 1);
                case TRUNCATE -> truncate(first + 1);
                case SET, RESET, SHOW -> {
                    Classified dryRun = DryRunSetting.read(tokens, first);
                    yield dryRun == null ? Relays.of(command) : dryRun;
                }
                case CREATE -> relayUnlessNested(first, command, ErrorCode.STORED_MUTATION_REFUSED);
                default -> relayUnlessNested(first, command, ErrorCode.DATA_MODIFYING_CTE_REFUSED);
            };
        }

        private Classified writeOrQuery(int first, Command command) {
            WriteVerb write = WriteVerb.at(tokens, first);
            if (write == null || !names.maybe(write.target().name())) {
                Command verb =
                        write == null ? command : StatementStart.command(write.verb(), Keyword.NONE, Keyword.NONE);
                return relayUnlessNested(first, verb, ErrorCode.DATA_MODIFYING_CTE_REFUSED);
            }
            QualifiedName table = write.target().name();
            // Also one of an ordinary table: the mutation runs more than once before it is done, and that write would
            // too.
            if (WriteVerb.nested(tokens, first + 1, false) != null) {
                return new Refused(ErrorCode.DATA_MODIFYING_CTE_REFUSED, table);
            }
            if (write.verb() == Keyword.MERGE) {
                return new Refused(ErrorCode.MERGE_REFUSED, table);
            }
            Dml dml = DmlShape.read(tokens, write);
            if (dml == null) {
                return Relays.of(StatementStart.command(write.verb(), Keyword.NONE, Keyword.NONE));
            }
            return dml.onConflict() == OnConflict.DO_UPDATE && dml.upsert() == null
                    ? new Refused(ErrorCode.ON_CONFLICT_DO_UPDATE_REFUSED, table)
                    : new Mutation(dml);
        }

        private Classified relayUnlessNested(int first, Command command, ErrorCode code) {
            boolean rule = tokens.is(first, Keyword.CREATE);
            for (int at = first + 1; at < tokens.count(); ) {
                WriteVerb nested = WriteVerb.nested(tokens, at, rule);
                if (nested == null) {
                    break;
                }
                if (names.maybe(nested.target().name())) {
                    return new Refused(code, nested.target().name());
                }
                // Not behind its verb: its own WITH may hold more.
                at = nested.with() + 1;
            }
            return Relays.of(command);
        }

        private Classified explain(int index) {
            ExplainStart start = ExplainStart.read(tokens, index);
            Span inner = start == null ? null : tokens.span(start.statement(), tokens.count());
            // EXPLAIN takes neither; so the recursion ends here, however often the word is repeated.
            if (start == null
                    || inner == null
                    || tokens.is(start.statement(), Keyword.EXPLAIN)
                    || tokens.is(start.statement(), Keyword.PREPARE)) {
                return Relays.of(Command.EXPLAIN);
            }
            return switch (StatementClassifier.classify(inner.of(tokens.sql()), options, names)) {
                case Mutation mutation -> new Classified.Explain(start.options(), inner, mutation.dml());
                case Classified.Execute execute ->
                    new Classified.ExplainExecute(
                            start.options(), execute.name(), shifted(execute.arguments(), inner.start()));
                case Refused refused -> refused;
                case Relay relay -> Relays.of(Command.EXPLAIN);
                case Classified.Explain explain -> Relays.of(Command.EXPLAIN);
                case Classified.ExplainExecute explain -> Relays.of(Command.EXPLAIN);
                case Classified.Prepare prepare -> Relays.of(Command.EXPLAIN);
                case Classified.Deallocate deallocate -> Relays.of(Command.EXPLAIN);
                case Classified.DryRun dryRun -> Relays.of(Command.EXPLAIN);
            };
        }

        private static @Nullable Span shifted(@Nullable Span span, int by) {
            return span == null ? null : new Span(span.start() + by, span.end() + by);
        }

        private Classified prepare(int index) {
            if (tokens.is(index, Keyword.TRANSACTION) && tokens.kind(index + 1).isString()) {
                return Relays.of(Command.PREPARE_TRANSACTION);
            }
            PreparedStatements.Start start = PreparedStatements.start(tokens, index);
            if (start == null || WriteVerb.at(tokens, start.statement()) == null) {
                return relayUnlessNested(index, Command.PREPARE, ErrorCode.DATA_MODIFYING_CTE_REFUSED);
            }
            Span inner = new Span(tokens.start(start.statement()), tokens.end(tokens.count() - 1));
            Classified innerClass = StatementClassifier.classify(inner.of(tokens.sql()), options, names);
            return switch (innerClass) {
                case Mutation mutation -> new Classified.Prepare(start.name(), start.types(), inner, mutation);
                case Refused refused -> refused;
                default -> Relays.of(Command.PREPARE);
            };
        }

        private Classified copy(int index) {
            int at = tokens.is(index, Keyword.BINARY) ? index + 1 : index;
            Target target = Target.plain(tokens, at);
            if (target != null) {
                int behind = tokens.is(target.after(), '(') ? tokens.after(target.after()) : target.after();
                if (tokens.is(behind, Keyword.FROM) && names.maybe(target.name())) {
                    return new Refused(ErrorCode.COPY_FROM_REFUSED, target.name());
                }
            }
            return relayUnlessNested(index - 1, Command.COPY, ErrorCode.COPY_MUTATION_REFUSED);
        }

        private Classified truncate(int index) {
            int at = tokens.is(index, Keyword.TABLE) ? index + 1 : index;
            Target target = Target.inherited(tokens, at);
            while (target != null) {
                if (names.maybe(target.name())) {
                    return new Refused(ErrorCode.TRUNCATE_REFUSED, target.name());
                }
                target = tokens.is(target.after(), ',') ? Target.inherited(tokens, target.after() + 1) : null;
            }
            return Relays.of(Command.TRUNCATE);
        }
    }
}
