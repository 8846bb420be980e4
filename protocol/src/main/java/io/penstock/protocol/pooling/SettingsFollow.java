package io.penstock.protocol.pooling;

import io.penstock.protocol.pooling.ServerMessages.Setting;
import io.penstock.protocol.sql.SessionTrace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's settings on their way from server to server. Which ones may have changed is read from its statements; what they are then is
 * asked of Postgres, after the transaction: SET LOCAL, ROLLBACK and savepoints need no rules here.
 */
final class SettingsFollow {
    /** Reported, and nothing that a client sets. */
    private static final Set<String> FACTS = Set.of(
            "is_superuser",
            "session_authorization",
            "server_version",
            "server_encoding",
            "integer_datetimes",
            "in_hot_standby");

    private final ClientContents client;
    private final Set<String> touched = new LinkedHashSet<>(0);
    private boolean unknown;
    private boolean unsettled;

    SettingsFollow(ClientContents client) {
        this.client = client;
    }

    void mayChange(SessionTrace trace, ServerContents server) {
        touched.addAll(trace.settings());
        if (trace.everySetting()) {
            touched.addAll(client.settings().keySet());
            touched.addAll(server.settings().keySet());
        }
        unsettled |= trace.everySetting()
                || trace.discardsAll()
                || trace.settings().stream().anyMatch(ParseContext::isRelevant)
                || trace.local().stream().anyMatch(ParseContext::isRelevant);
    }

    /**
     * The server has told a parameter on its own account.
     *
     * @return whether no statement was known to change it, and what is prepared may depend on it
     */
    boolean reported(String name) {
        String setting = name.toLowerCase(Locale.ROOT);
        if (FACTS.contains(setting)) {
            return false;
        }
        touched.add(setting);
        boolean surprising = !unsettled && ParseContext.isRelevant(setting);
        unsettled |= surprising;
        return surprising;
    }

    /** Whether a setting may have changed since it was last known, on which the meaning of statements depends. */
    boolean unsettled() {
        return unsettled;
    }

    /** Everything is known again. */
    void settled() {
        unsettled = false;
    }

    boolean touched() {
        return !touched.isEmpty() || unknown;
    }

    /** What the server has set is not known. */
    void unknown() {
        unknown = true;
    }

    void forget() {
        touched.clear();
    }

    /** The names to be asked for. */
    List<String> takeTouched(ServerContents server) {
        if (touched.isEmpty()) {
            return List.of();
        }
        List<String> names = List.copyOf(touched);
        touched.clear();
        return names;
    }

    /** The server has told the value; null where it knows no such setting. */
    void told(String name, @Nullable String value, ServerContents server) {
        if (value == null) {
            server.settings().remove(name);
        } else {
            server.settings().put(name, value);
        }
        client.set(name, value);
    }

    /** What has to be set on a server before the client may have it: the encoding first, in which the others are; the role last, which may forbid them. */
    List<Setting> differing(ServerContents server) {
        if (client.settings().equals(server.settings())) {
            return List.of();
        }
        List<Setting> differing = new ArrayList<>();
        Set<String> names = new HashSet<>(client.settings().keySet());
        names.addAll(server.settings().keySet());
        if (server.settings().containsKey("role")) {
            differing.add(new Setting("role", null));
        }
        if (names.remove("client_encoding")) {
            add(differing, "client_encoding", server);
        }
        boolean role = names.remove("role");
        names.stream().sorted().forEach(name -> add(differing, name, server));
        if (role && client.settings().containsKey("role")) {
            differing.add(new Setting("role", client.settings().get("role")));
        }
        return differing;
    }

    private void add(List<Setting> differing, String name, ServerContents server) {
        String wanted = client.settings().get(name);
        if (wanted == null || !wanted.equals(server.settings().get(name))) {
            differing.add(new Setting(name, wanted));
        }
    }

    void replayed(ServerContents server) {
        server.settings().clear();
        server.settings().putAll(client.settings());
    }
}
