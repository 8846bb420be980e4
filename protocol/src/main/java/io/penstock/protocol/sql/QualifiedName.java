package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/**
 * A relation's name as Postgres would store it: unquoted parts folded to lower case, {@code ""} and {@code U&""} escapes decoded, each part
 * truncated to 63 bytes. A leading database name is dropped: Postgres refuses every database but its own.
 *
 * @param schema null where the statement names none, so that the search path decides
 */
public record QualifiedName(@Nullable String schema, String name) {
    @Override
    public String toString() {
        return schema == null ? name : schema + "." + name;
    }
}
