package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.sandbox.github.GraphQl.Type;
import io.penstock.sandbox.github.GraphQl.Value;
import io.penstock.sandbox.github.GraphQlLexer.Kind;
import io.penstock.sandbox.github.GraphQlLexer.Token;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads GraphQL: documents with operations and fragments, and for {@link GraphQlSchema} the types of a schema. */
final class GraphQlParser {
    /** Deeper than any honest document; what is deeper would overrun the stack. */
    private static final int DEEPEST = 100;

    private final List<Token> tokens;
    private int at;
    private int depth;

    GraphQlParser(String source) {
        this.tokens = GraphQlLexer.tokens(source);
    }

    static GraphQl.Document document(String source) {
        return new GraphQlParser(source).document();
    }

    private GraphQl.Document document() {
        List<GraphQl.Operation> operations = new ArrayList<>();
        Map<String, GraphQl.Fragment> fragments = new LinkedHashMap<>();
        do {
            GraphQl.Position start = peek().at();
            if (peek().is("{")) {
                operations.add(new GraphQl.Operation("query", null, List.of(), selections(), start));
            } else if (word("fragment")) {
                String name = name();
                expectWord("on");
                fragments.put(name, new GraphQl.Fragment(name, name(), selections(), start));
            } else if (peek().kind() == Kind.NAME && peek().text().matches("query|mutation")) {
                operations.add(operation(start));
            } else {
                throw unexpected();
            }
        } while (peek().kind() != Kind.END);
        return new GraphQl.Document(operations, fragments);
    }

    private GraphQl.Operation operation(GraphQl.Position start) {
        String kind = name();
        String name = peek().kind() == Kind.NAME ? name() : null;
        List<GraphQl.Variable> variables = new ArrayList<>();
        if (accept("(")) {
            while (!accept(")")) {
                GraphQl.Position position = peek().at();
                expect("$");
                String variable = name();
                expect(":");
                Type type = type();
                variables.add(new GraphQl.Variable(variable, type, accept("=") ? value() : null, position));
            }
        }
        directives();
        return new GraphQl.Operation(kind, name, variables, selections(), start);
    }

    private List<GraphQl.Selection> selections() {
        if (++depth > DEEPEST) {
            throw GraphQlException.unreadable("Query is nested too deeply", peek().at());
        }
        expect("{");
        List<GraphQl.Selection> selections = new ArrayList<>();
        do {
            selections.add(selection());
        } while (!accept("}"));
        depth--;
        return selections;
    }

    private GraphQl.Selection selection() {
        GraphQl.Position start = peek().at();
        if (!accept("...")) {
            return field(start);
        }
        if (peek().kind() == Kind.NAME && !peek().text().equals("on")) {
            return new GraphQl.Spread(name(), directives(), start);
        }
        String on = word("on") ? name() : null;
        return new GraphQl.Inline(on, directives(), selections(), start);
    }

    private GraphQl.Field field(GraphQl.Position start) {
        String alias = name();
        String name = accept(":") ? name() : alias;
        Map<String, Value> arguments = arguments();
        List<GraphQl.Directive> directives = directives();
        List<GraphQl.Selection> selections = peek().is("{") ? selections() : List.of();
        return new GraphQl.Field(alias, name, arguments, directives, selections, start);
    }

    private List<GraphQl.Directive> directives() {
        List<GraphQl.Directive> directives = new ArrayList<>();
        while (accept("@")) {
            directives.add(new GraphQl.Directive(name(), arguments()));
        }
        return directives;
    }

    private Map<String, Value> arguments() {
        Map<String, Value> arguments = new LinkedHashMap<>();
        if (accept("(")) {
            do {
                String name = name();
                expect(":");
                arguments.put(name, value());
            } while (!accept(")"));
        }
        return arguments;
    }

    Value value() {
        if (++depth > DEEPEST) {
            throw GraphQlException.unreadable("Query is nested too deeply", peek().at());
        }
        Value value = shallowValue();
        depth--;
        return value;
    }

    private Value shallowValue() {
        Token token = peek();
        at++;
        return switch (token.kind()) {
            case INT -> new GraphQl.Literal(integer(token.text()));
            case FLOAT -> {
                if (!token.text().matches("-?\\d+(\\.\\d+)?([eE][-+]?\\d{1,3})?")) {
                    at--;
                    throw unexpected();
                }
                yield new GraphQl.Literal(DecimalNode.valueOf(new BigDecimal(token.text())));
            }
            case STRING -> new GraphQl.Literal(TextNode.valueOf(token.text()));
            case NAME ->
                switch (token.text()) {
                    case "true" -> new GraphQl.Literal(BooleanNode.TRUE);
                    case "false" -> new GraphQl.Literal(BooleanNode.FALSE);
                    case "null" -> new GraphQl.Literal(NullNode.getInstance());
                    default -> new GraphQl.Word(token.text());
                };
            case PUNCTUATION -> compound(token);
            case END -> {
                at--;
                throw unexpected();
            }
        };
    }

    private static com.fasterxml.jackson.databind.JsonNode integer(String digits) {
        BigInteger number = new BigInteger(digits);
        return number.bitLength() < 32 ? IntNode.valueOf(number.intValue()) : BigIntegerNode.valueOf(number);
    }

    private Value compound(Token token) {
        switch (token.text()) {
            case "$" -> {
                return new GraphQl.Reference(name(), token.at());
            }
            case "[" -> {
                List<Value> items = new ArrayList<>();
                while (!accept("]")) {
                    items.add(value());
                }
                return new GraphQl.Items(items);
            }
            case "{" -> {
                Map<String, Value> members = new LinkedHashMap<>();
                while (!accept("}")) {
                    String name = name();
                    expect(":");
                    members.put(name, value());
                }
                return new GraphQl.Members(members);
            }
            default -> {
                at--;
                throw unexpected();
            }
        }
    }

    Type type() {
        Type inner = null;
        String name;
        if (accept("[")) {
            inner = type();
            expect("]");
            name = inner.name();
        } else {
            name = name();
        }
        return new Type(name, inner, accept("!"));
    }

    String name() {
        if (peek().kind() != Kind.NAME) {
            throw unexpected();
        }
        return tokens.get(at++).text();
    }

    boolean atEnd() {
        return peek().kind() == Kind.END;
    }

    boolean accept(String punctuation) {
        if (peek().is(punctuation)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(String punctuation) {
        if (!accept(punctuation)) {
            throw unexpected();
        }
    }

    private boolean word(String word) {
        if (peek().kind() == Kind.NAME && peek().text().equals(word)) {
            at++;
            return true;
        }
        return false;
    }

    private void expectWord(String word) {
        if (!word(word)) {
            throw unexpected();
        }
    }

    private Token peek() {
        return tokens.get(at);
    }

    private GraphQlException unexpected() {
        Token token = peek();
        String where = " at [" + token.at().line() + ", " + token.at().column() + "]";
        return GraphQlException.unreadable(
                token.kind() == Kind.END
                        ? "Unexpected end of document"
                        : "Parse error on \"" + token.text() + "\" (" + token.kind() + ")" + where,
                token.at());
    }

    /** A value that is given where there may be none. */
    static @Nullable Value constant(GraphQlParser parser) {
        return parser.accept("=") ? parser.value() : null;
    }
}
