package io.penstock.protocol.session;

import io.penstock.protocol.sql.LexerOptions;
import io.penstock.protocol.sql.StatementClassifier;
import io.penstock.protocol.sql.StatementSplitter;
import io.penstock.protocol.sql.SyncedNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the SQL of a message: how many statements it has and which of them the session has to know. */
final class Statements {
    private static final int[] NO_TYPES = {};

    private final SyncedNames synced;

    Statements(SyncedNames synced) {
        this.synced = synced;
    }

    List<QueryStatement> ofQuery(String sql, LexerOptions lexer) {
        List<String> texts = StatementSplitter.split(sql, lexer);
        List<QueryStatement> statements = new ArrayList<>(texts.size());
        for (String text : texts) {
            statements.add(new QueryStatement(text, known(text, NO_TYPES, lexer)));
        }
        return statements;
    }

    /** The statement of a Parse; null also where there is not exactly one, which Postgres refuses or answers itself. */
    @Nullable
    KnownStatement ofParse(String sql, int[] parameterTypes, LexerOptions lexer) {
        List<String> texts = StatementSplitter.split(sql, lexer);
        return texts.size() == 1 ? known(texts.getFirst(), parameterTypes, lexer) : null;
    }

    private @Nullable KnownStatement known(String text, int[] parameterTypes, LexerOptions lexer) {
        return KnownStatement.of(text, StatementClassifier.classify(text, lexer, synced), parameterTypes);
    }
}
