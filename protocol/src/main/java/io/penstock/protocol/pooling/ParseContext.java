package io.penstock.protocol.pooling;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the meaning of a statement's text depends on, apart from the database: {@code '1.2.2026'::date} is read when the statement is
 * prepared, a name is looked up along the search path. Clients share a prepared statement only in equal contexts.
 */
final class ParseContext {
    /** Read by the parser, or by functions that the planner computes once and for all although they depend on it. */
    private static final Set<String> RELEVANT = Set.of(
            "array_nulls",
            "backslash_quote",
            "bytea_output",
            "client_encoding",
            "datestyle",
            "default_text_search_config",
            "extra_float_digits",
            "intervalstyle",
            "lc_monetary",
            "lc_numeric",
            "lc_time",
            "plan_cache_mode",
            "quote_all_identifiers",
            "role",
            "row_security",
            "search_path",
            "standard_conforming_strings",
            "timezone",
            "timezone_abbreviations",
            "transform_null_equals",
            "xmlbinary",
            "xmloption");

    /** Nothing is set but what the login has set. */
    static final ParseContext LOGIN = new ParseContext(Map.of());

    /** The settings that count; or, of one that equals no other, an object of its own. */
    private final Object content;

    private final int hash;

    private ParseContext(Object content) {
        this.content = content;
        this.hash = content.hashCode();
    }

    static boolean isRelevant(String setting) {
        return RELEVANT.contains(setting);
    }

    /** Of a client with these settings of its own. */
    static ParseContext of(Map<String, String> settings) {
        Map<String, String> relevant = new HashMap<>();
        settings.forEach((name, value) -> {
            if (isRelevant(name)) {
                relevant.put(name, value);
            }
        });
        return relevant.isEmpty() ? LOGIN : new ParseContext(Map.copyOf(relevant));
    }

    /** One that equals no other: what is set is not known at the moment. */
    static ParseContext unknown() {
        return new ParseContext(new Object());
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ParseContext that && hash == that.hash && content.equals(that.content));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
