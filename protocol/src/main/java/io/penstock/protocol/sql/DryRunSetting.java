package io.penstock.protocol.sql;

import io.penstock.protocol.sql.Classified.DryRun;
import io.penstock.protocol.sql.Classified.DryRun.Action;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads SET, RESET and SHOW of {@code penstock.dry_run}, which is the proxy's own setting and unknown to the server. */
final class DryRunSetting {
    private static final String SCHEMA = "penstock";
    private static final String NAME = "dry_run";

    /** Postgres takes every prefix of these that is unique. */
    private static final List<String> TRUE_WORDS = List.of("true", "yes", "on", "1");

    private static final List<String> FALSE_WORDS = List.of("false", "no", "off", "0");

    private DryRunSetting() {}

    /** Null where the statement is about another setting. */
    static @Nullable DryRun read(Tokens tokens, int first) {
        int at = first + 1;
        boolean local = false;
        if (tokens.is(first, Keyword.SET) && (tokens.is(at, Keyword.SESSION) || tokens.is(at, Keyword.LOCAL))) {
            local = tokens.is(at, Keyword.LOCAL);
            at++;
        }
        Target name = Target.plain(tokens, at);
        // Names of settings are compared without regard to case, also quoted ones.
        if (name == null
                || !SCHEMA.equalsIgnoreCase(name.name().schema())
                || !NAME.equalsIgnoreCase(name.name().name())) {
            return null;
        }
        return switch (tokens.keyword(first)) {
            case RESET -> name.after() == tokens.count() ? new DryRun(Action.RESET, false) : null;
            case SHOW -> name.after() == tokens.count() ? new DryRun(Action.SHOW, false) : null;
            default -> set(tokens, name.after(), local);
        };
    }

    private static @Nullable DryRun set(Tokens tokens, int index, boolean local) {
        if (!tokens.is(index, '=') && !tokens.is(index, Keyword.TO)) {
            return null;
        }
        int value = index + 1;
        if (value >= tokens.count()) {
            return null;
        }
        if (value + 1 < tokens.count()) {
            return new DryRun(Action.INVALID, local);
        }
        return new DryRun(tokens.is(value, Keyword.DEFAULT) ? Action.RESET : action(word(tokens, value)), local);
    }

    private static @Nullable String word(Tokens tokens, int index) {
        if (tokens.isIdentifier(index)) {
            return tokens.identifier(index);
        }
        return tokens.kind(index) == TokenKind.NUMBER
                ? tokens.sql().substring(tokens.start(index), tokens.end(index))
                : tokens.string(index);
    }

    private static Action action(@Nullable String word) {
        if (word == null || word.isEmpty() || word.equalsIgnoreCase("o")) {
            return Action.INVALID;
        }
        String folded = word.toLowerCase(Locale.ROOT);
        if (TRUE_WORDS.stream().anyMatch(each -> each.startsWith(folded))) {
            return Action.ON;
        }
        return FALSE_WORDS.stream().anyMatch(each -> each.startsWith(folded)) ? Action.OFF : Action.INVALID;
    }
}
