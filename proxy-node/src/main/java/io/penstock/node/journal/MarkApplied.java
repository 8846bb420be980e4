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
 * <p>It fails with SQLSTATE {@value #FINISHED_ALREADY} where recovery was faster. The whole transaction has to fail then, and does: the row may have
 * been changed again since recovery stored it. Found by the simulation, seed 485: an INSERT that slept through its deadline with the API's answer in
 * its hands, and stored it over a later UPDATE.
 */
public final class MarkApplied {
    /** Parameters: {@code $1} id, {@code $2} the API's ids of the rows, {@code $3} HTTP status, {@code $4} the API's request id. */
    public static final String SQL = "SELECT penstock.mark_applied($1::uuid, $2::text[], $3::integer, $4::text)";

    /** Recovery has stored the rows; nothing is left to do. */
    public static final String FINISHED_ALREADY = "SYAPL";

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
