package io.penstock.protocol.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.penstock.protocol.sql.generate.StatementGenerator;
import io.penstock.protocol.sql.generate.TextMutator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * W-13 for SQL: whatever the text, lexer, splitter and classifier give an answer; tokens and what lies between them are the text again; and
 * every span lies within it.
 */
class SqlFuzz {
    private static final SyncedNames EVERY_NAME = name -> true;

    @FuzzTest
    void anyText(byte[] data) {
        attack(new String(data, StandardCharsets.UTF_8));
    }

    @Test
    void randomTexts() {
        StatementGenerator generator = new StatementGenerator(5);
        TextMutator mutator = new TextMutator(5);
        for (int i = 0; i < 20_000; i++) {
            attack(mutator.soup());
        }
        for (int i = 0; i < 3_000; i++) {
            String text = mutator.mutate(generator.anything());
            attack(text);
            attack(text.substring(0, Math.floorMod(i * 31, text.length() + 1)));
        }
    }

    private static void attack(String text) {
        for (LexerOptions options : new LexerOptions[] {LexerOptions.DEFAULT, new LexerOptions(false)}) {
            lex(text, options);
            int end = 0;
            for (Span span : StatementSplitter.spans(text, options)) {
                assertThat(span.start()).isGreaterThanOrEqualTo(end);
                end = span.end();
                check(span.of(text), options);
            }
            assertThat(end).isLessThanOrEqualTo(text.length());
            check(text, options);
        }
    }

    private static void lex(String text, LexerOptions options) {
        Lexer lexer = new Lexer(text, options);
        int end = 0;
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            assertThat(lexer.start()).isGreaterThanOrEqualTo(end);
            assertThat(lexer.end()).isGreaterThan(lexer.start());
            assertNothingBetween(text.substring(end, lexer.start()), options);
            end = lexer.end();
        }
        assertNothingBetween(text.substring(end), options);
        assertThat(lexer.end()).isEqualTo(text.length());
    }

    /** Between tokens there is only white space and comments, which read alone are no token either. */
    private static void assertNothingBetween(String between, LexerOptions options) {
        if (!between.isEmpty()) {
            assertThat(new Lexer(between, options).next()).isEqualTo(TokenKind.END);
        }
    }

    private static void check(String statement, LexerOptions options) {
        switch (StatementClassifier.classify(statement, options, EVERY_NAME)) {
            case Classified.Mutation mutation -> check(mutation.dml(), statement);
            case Classified.Explain explain ->
                check(explain.dml(), explain.inner().of(statement));
            case Classified.Prepare prepare -> {
                within(prepare.types(), statement);
                assertThat(prepare.innerClass())
                        .isInstanceOfSatisfying(
                                Classified.Mutation.class,
                                mutation ->
                                        check(mutation.dml(), prepare.inner().of(statement)));
            }
            case Classified.Execute execute -> within(execute.arguments(), statement);
            case Classified.ExplainExecute execute -> within(execute.arguments(), statement);
            case Classified.Relay relay -> {}
            case Classified.Refused refused -> {}
            case Classified.Deallocate deallocate -> {}
            case Classified.DryRun dryRun -> {}
        }
    }

    private static void check(Dml dml, String statement) {
        within(dml.with(), statement);
        within(dml.targetSpan(), statement);
        within(dml.insertSource(), statement);
        within(dml.from(), statement);
        within(dml.where(), statement);
        within(dml.onConflictSpan(), statement);
        within(dml.returning(), statement);
    }

    private static void within(@Nullable Span span, String statement) {
        assertThat(span == null ? 0 : span.end()).isLessThanOrEqualTo(statement.length());
    }
}
