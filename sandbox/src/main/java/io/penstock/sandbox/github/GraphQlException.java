package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import org.jspecify.annotations.Nullable;

/** A document that cannot be run, or one field of it that failed; in both cases one of the answer's {@code errors}. */
final class GraphQlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String type;
    private final transient @Nullable ObjectNode extensions;
    private final transient GraphQl.@Nullable Position at;

    private GraphQlException(
            @Nullable String type, String message, @Nullable ObjectNode extensions, GraphQl.@Nullable Position at) {
        super(message, null, false, false);
        this.type = type;
        this.extensions = extensions;
        this.at = at;
    }

    /** A field that failed; {@code type} is such as {@code NOT_FOUND}. */
    static GraphQlException failed(String type, String message) {
        return new GraphQlException(type, message, null, null);
    }

    static GraphQlException unreadable(String message, GraphQl.Position at) {
        return new GraphQlException(null, message, null, at);
    }

    /** A document that says what the schema does not know; names and values of {@code details} go into the extensions in turn. */
    static GraphQlException invalid(String code, String message, GraphQl.Position at, String... details) {
        ObjectNode extensions = Json.object().put("code", code);
        for (int i = 0; i < details.length; i += 2) {
            extensions.put(details[i], details[i + 1]);
        }
        return new GraphQlException(null, message, extensions, at);
    }

    static GraphQlException invalid(ObjectNode extensions, String message, GraphQl.Position at) {
        return new GraphQlException(null, message, extensions, at);
    }

    /** A document as a whole that is refused, as one without a query. */
    static GraphQlException refused(String message) {
        return new GraphQlException(null, message, null, null);
    }

    /** The error without its path. */
    ObjectNode json(GraphQl.@Nullable Position field) {
        ObjectNode error = Json.object();
        if (type != null) {
            error.put("type", type);
        }
        if (extensions != null) {
            error.set("extensions", extensions);
        }
        GraphQl.Position position = at == null ? field : at;
        if (position != null) {
            error.putArray("locations").addObject().put("line", position.line()).put("column", position.column());
        }
        return error.put("message", getMessage());
    }
}
