package io.penstock.sandbox.github;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** Cuts a GraphQL document into tokens: names, numbers, texts and punctuation. Commas, comments and space are nothing. */
final class GraphQlLexer {
    /** What a token is, as GitHub's parser names it in its errors. */
    enum Kind {
        NAME,
        INT,
        FLOAT,
        STRING,
        PUNCTUATION,
        END
    }

    /** @param text a text without its quotes and escapes; anything else as it stands */
    record Token(Kind kind, String text, GraphQl.Position at) {
        boolean is(String punctuation) {
            return kind == Kind.PUNCTUATION && text.equals(punctuation);
        }
    }

    private final String source;
    private int at;
    private int line = 1;
    private int lineStart;

    private GraphQlLexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        GraphQlLexer lexer = new GraphQlLexer(source);
        List<Token> tokens = new ArrayList<>();
        do {
            tokens.add(lexer.next());
        } while (tokens.getLast().kind() != Kind.END);
        return tokens;
    }

    private Token next() {
        skip();
        GraphQl.Position position = new GraphQl.Position(line, at - lineStart + 1);
        if (at >= source.length()) {
            return new Token(Kind.END, "", position);
        }
        char c = source.charAt(at);
        if (Character.isLetter(c) || c == '_') {
            return new Token(Kind.NAME, run(each -> Character.isLetterOrDigit(each) || each == '_'), position);
        }
        if (Character.isDigit(c) || c == '-') {
            String number = run(each -> Character.isDigit(each) || "-+.eE".indexOf(each) >= 0);
            return new Token(number.matches("-?\\d+") ? Kind.INT : Kind.FLOAT, number, position);
        }
        if (c == '"') {
            return new Token(Kind.STRING, source.startsWith("\"\"\"", at) ? block() : text(position), position);
        }
        if (source.startsWith("...", at)) {
            at += 3;
            return new Token(Kind.PUNCTUATION, "...", position);
        }
        if ("{}()[]:!=$@|&".indexOf(c) < 0) {
            throw GraphQlException.unreadable(
                    "Parse error on \"" + c + "\" (error) at [" + position.line() + ", " + position.column() + "]",
                    position);
        }
        at++;
        return new Token(Kind.PUNCTUATION, Character.toString(c), position);
    }

    private void skip() {
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == '#') {
                int end = source.indexOf('\n', at);
                at = end < 0 ? source.length() : end;
            } else if (Character.isWhitespace(c) || c == ',' || c == '\uFEFF') {
                at++;
                if (c == '\n') {
                    line++;
                    lineStart = at;
                }
            } else {
                return;
            }
        }
    }

    private String run(IntPredicate belongs) {
        int start = at;
        while (at < source.length() && belongs.test(source.charAt(at))) {
            at++;
        }
        return source.substring(start, at);
    }

    private String text(GraphQl.Position position) {
        StringBuilder text = new StringBuilder();
        for (at++; at < source.length() && source.charAt(at) != '\n'; at++) {
            char c = source.charAt(at);
            if (c == '"') {
                at++;
                return text.toString();
            }
            if (c != '\\' || at + 1 >= source.length()) {
                text.append(c);
                continue;
            }
            char escaped = source.charAt(++at);
            if (escaped == 'u' && source.substring(at + 1).matches("(?s)\\p{XDigit}{4}.*")) {
                text.append((char) Integer.parseInt(source.substring(at + 1, at + 5), 16));
                at += 4;
            } else {
                text.append(
                        switch (escaped) {
                            case 'n' -> '\n';
                            case 't' -> '\t';
                            case 'r' -> '\r';
                            case 'b' -> '\b';
                            case 'f' -> '\f';
                            default -> escaped;
                        });
            }
        }
        throw GraphQlException.unreadable("Parse error on unterminated string", position);
    }

    /** Three quotes; the indentation that all lines share is not part of the text, and neither are empty lines at its ends. */
    private String block() {
        int end = source.indexOf("\"\"\"", at + 3);
        while (end > 0 && source.charAt(end - 1) == '\\') {
            end = source.indexOf("\"\"\"", end + 3);
        }
        if (end < 0) {
            throw GraphQlException.unreadable(
                    "Parse error on unterminated string", new GraphQl.Position(line, at - lineStart + 1));
        }
        String raw = source.substring(at + 3, end).replace("\\\"\"\"", "\"\"\"");
        for (int i = at; i < end; i++) {
            if (source.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        at = end + 3;
        List<String> lines = new ArrayList<>(raw.lines().toList());
        int indentation = lines.stream()
                .skip(1)
                .filter(each -> !each.isBlank())
                .mapToInt(each -> each.length() - each.stripLeading().length())
                .min()
                .orElse(0);
        for (int i = 1; i < lines.size(); i++) {
            String each = lines.get(i);
            lines.set(i, each.isBlank() ? "" : each.substring(indentation));
        }
        while (!lines.isEmpty() && lines.getFirst().isBlank()) {
            lines.removeFirst();
        }
        while (!lines.isEmpty() && lines.getLast().isBlank()) {
            lines.removeLast();
        }
        return lines.stream().collect(Collectors.joining("\n"));
    }
}
