package io.penstock.protocol.session;

import java.util.Locale;
import java.util.Map;

/** What a client's start-up parameter {@code replication} asks for, read as Postgres reads it. */
public enum Replication {
    /** An ordinary session. */
    NONE,
    /** Commands of replication and SQL, in the database of the client's choice. */
    LOGICAL,
    /** Commands of replication of a whole server: the database's name means nothing, and clients write {@code replication} there. */
    PHYSICAL;

    public static Replication of(Map<String, String> parameters) {
        String value = parameters.get("replication");
        if (value == null) {
            return NONE;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            // Postgres's false, by any beginning that is not shared with true: mutations must be seen then.
            case "", "0", "off", "of", "false", "fals", "fal", "fa", "f", "no", "n" -> NONE;
            case "database" -> LOGICAL;
            // Or nonsense, at which the server will take offence.
            default -> PHYSICAL;
        };
    }
}
