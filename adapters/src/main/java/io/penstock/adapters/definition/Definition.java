package io.penstock.adapters.definition;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One API as its definition says.
 *
 * @param api its name, which is also the default schema of its tables
 * @param baseUrl where requests go when configuration says nothing else
 * @param auth how an account proves itself
 * @param headers sent with every request
 * @param serverTimeout how long a request that nobody waits for may still be at work there
 * @param limits its buckets
 * @param errors what its refusals mean
 * @param tables by the API's name of the object; {@code *} is for every object that has no own
 */
public record Definition(
        String api,
        String baseUrl,
        AuthRule auth,
        Map<String, String> headers,
        Duration serverTimeout,
        List<LimitRule> limits,
        ErrorRules errors,
        Map<String, TableRule> tables) {
    /** The key in {@code tables} that stands for all others. */
    static final String ANY = "*";

    public Definition {
        headers = Map.copyOf(headers);
        limits = List.copyOf(limits);
        tables = Map.copyOf(tables);
    }

    /** The same for an account of which configuration says how long an abandoned request may be at work. */
    public Definition withServerTimeout(Duration other) {
        return new Definition(api, baseUrl, auth, headers, other, limits, errors, tables);
    }

    /** For a person: {@code helpdesk at https://helpdesk.example, tables tickets (insert, update)}. */
    public String summary() {
        String names = tables.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(table -> table.getKey()
                        + table.getValue().verbs().keySet().stream()
                                .sorted()
                                .map(verb -> verb.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ", " (", ")")))
                .collect(Collectors.joining(", "));
        return api + " at " + baseUrl + ", tables " + names;
    }

    /** The rules for an object, or null where the definition has none. */
    @Nullable
    TableRule table(String object) {
        TableRule own = tables.get(object);
        return own == null ? tables.get(ANY) : own;
    }
}
