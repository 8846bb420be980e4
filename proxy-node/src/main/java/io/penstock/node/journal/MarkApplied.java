package io.penstock.node.journal;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statement that closes an entry, to be run <em>in the transaction that stores the row</em>, on a writer's connection.
 *
 * <p>It updates one row; none where recovery was faster (the entry is APPLIED already). Both are right: what the transaction stores is the API's row
 * either way. {@code REJECTED} cannot be left, so the same count says that the caller has contradicted itself; it never does.
 */
public final class MarkApplied {
    /** Parameters: {@code $1} id, {@code $2} the API's ids of the rows, {@code $3} HTTP status, {@code $4} the API's request id. */
    public static final String SQL = "UPDATE penstock.mutation_journal SET state = 'APPLIED', keys ="
            + " coalesce($2::text[], keys), http_status = coalesce($3::integer, http_status), api_request_id ="
            + " coalesce($4::text, api_request_id), answer = NULL, error = NULL, reason = NULL, next_attempt_at = NULL,"
            + " updated_at = clock_timestamp() WHERE id = $1::uuid AND state IN ("
            + JournalMachine.storable().stream().map(state -> "'" + state + "'").collect(Collectors.joining(", "))
            + ")";

    /** The same with {@code $1} alone, where nothing else is known. */
    public static final String BY_ID =
            SQL.replace("$2::text[]", "NULL").replace("$3::integer", "NULL").replace("$4::text", "NULL");

    private MarkApplied() {}

    /** The parameters in text format. */
    public static List<@Nullable String> parameters(UUID id, List<String> keys, ApiTrace trace) {
        @Nullable
        String[] values = {
            id.toString(),
            arrayLiteral(keys),
            trace.httpStatus() == null ? null : trace.httpStatus().toString(),
            trace.requestId()
        };
        return Collections.unmodifiableList(Arrays.asList(values));
    }

    /** A {@code text[]} as Postgres reads it. */
    static String arrayLiteral(List<String> elements) {
        return elements.stream()
                .map(element -> '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }
}
