package io.penstock.node.backend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who logs in to a server, to which database, and with which start-up parameters.
 *
 * @param parameters all others that go into the startup packet, such as {@code application_name}, {@code options},
 *     {@code client_encoding} or {@code replication}; a parameter that the server does not take is an error at login
 */
public record ServerLogin(String user, String database, Credentials credentials, Map<String, String> parameters) {
    public ServerLogin {
        if (user.isEmpty() || database.isEmpty()) {
            throw new IllegalArgumentException("a login has a user and a database");
        }
        // In the client's order: session_authorization resets a role that came before it.
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        if (parameters.containsKey("user") || parameters.containsKey("database")) {
            throw new IllegalArgumentException("user and database are not parameters of a login");
        }
    }

    /** The parameters of the startup packet. */
    Map<String, String> startup() {
        Map<String, String> startup = new LinkedHashMap<>();
        startup.put("user", user);
        startup.put("database", database);
        startup.putAll(parameters);
        return startup;
    }
}
