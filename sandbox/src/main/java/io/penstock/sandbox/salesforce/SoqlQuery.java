package io.penstock.sandbox.salesforce;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed query, its names as they were written.
 *
 * @param fields what is selected; empty for {@code COUNT()}
 * @param limit negative when there is none
 */
record SoqlQuery(
        List<String> fields, String from, @Nullable Condition where, List<Order> order, int limit, int offset) {

    boolean isCount() {
        return fields.isEmpty();
    }

    /** One key to sort by. Nulls come first unless the query says otherwise, whatever the direction. */
    record Order(String field, boolean descending, boolean nullsLast) {}

    /** The kinds of literal; text differs from the rest by its quotes, and Salesforce insists on them. */
    enum Kind {
        TEXT,
        NUMBER,
        BOOLEAN,
        DATE,
        DATETIME,
        NULL
    }

    record Literal(Kind kind, String text) {}

    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        LIKE
    }

    /** What a row has to satisfy. */
    sealed interface Condition {
        record Comparison(String field, Operator operator, Literal value) implements Condition {}

        record In(String field, boolean negated, List<Literal> values) implements Condition {}

        record And(List<Condition> all) implements Condition {}

        record Or(List<Condition> any) implements Condition {}

        record Not(Condition condition) implements Condition {}
    }
}
