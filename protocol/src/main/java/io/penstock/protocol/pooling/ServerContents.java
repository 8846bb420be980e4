package io.penstock.protocol.pooling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known to be in the session of a shared server: statements prepared under names of ours, the unnamed statement, settings that
 * differ from those of its login. It outlives its clients, and changes only in step with what the server is sent.
 */
public final class ServerContents {
    /** No client's name begins so, or it is given another one. */
    static final String PREFIX = "penstock_s";

    /** In the place of the unnamed statement: something, or nothing, but not what any client means. */
    static final Definition NOBODYS = Definition.unshared(new byte[] {0, 0, 0}, List.of());

    private final int processId;
    private final CatalogChanges catalog;
    private final long limit;
    /** In the order of use, the eldest first. */
    private final LinkedHashMap<Definition, String> prepared = new LinkedHashMap<>(16, 0.75f, true);

    /** Prepared since all settings were known. */
    private final List<Definition> recent = new ArrayList<>(0);

    private final ArrayDeque<String> garbage = new ArrayDeque<>(0);
    private final Map<String, String> settings = new HashMap<>();
    private Map<String, String> reported;
    private @Nullable Definition unnamed;
    private long bytes;
    private long names;

    /**
     * Of a fresh server.
     *
     * @param processId the server's
     * @param reported the parameters that the server reports, as it told them at its login
     * @param catalog of its database
     * @param limit how much the prepared statements may take, in bytes of the server's memory, roughly
     */
    public ServerContents(int processId, CatalogChanges catalog, Map<String, String> reported, long limit) {
        this.processId = processId;
        this.catalog = catalog;
        this.reported = Map.copyOf(reported);
        this.limit = limit;
    }

    public int processId() {
        return processId;
    }

    CatalogChanges catalog() {
        return catalog;
    }

    /** DISCARD ALL has been completed. */
    public void clear() {
        prepared.clear();
        recent.clear();
        garbage.clear();
        settings.clear();
        unnamed = null;
        bytes = 0;
    }

    // ---- prepared statements ----

    @Nullable
    String find(Definition definition) {
        return prepared.get(definition);
    }

    /** A new name for a statement that is now being prepared. */
    String add(Definition definition) {
        String name = newName();
        restore(definition, name);
        recent.add(definition);
        return name;
    }

    /** A name that is nobody's. */
    String newName() {
        return PREFIX + ++names;
    }

    /** PREPARE has been completed: from now on the statement is this one, whoever has prepared another. */
    void prepared(Definition definition, String name) {
        stale(definition);
        restore(definition, name);
        recent.add(definition);
    }

    void restore(Definition definition, String name) {
        if (prepared.put(definition, name) == null) {
            bytes += definition.serverBytes();
        }
    }

    /** It is not there any more, or has never come to be; its name, or null. */
    @Nullable
    String remove(Definition definition) {
        String name = prepared.remove(definition);
        if (name != null) {
            bytes -= definition.serverBytes();
        }
        return name;
    }

    /** A statement to be closed, because there are too many; null if there are not. The last one stays, however large. */
    Map.@Nullable Entry<Definition, String> eldestBeyondLimit() {
        if (bytes <= limit || prepared.size() < 2) {
            return null;
        }
        Iterator<Map.Entry<Definition, String>> eldest = prepared.entrySet().iterator();
        Map.Entry<Definition, String> entry = eldest.next();
        return Map.entry(entry.getKey(), entry.getValue());
    }

    /** Nobody shall find it any more; it is to be closed. */
    void stale(Definition definition) {
        String name = remove(definition);
        if (name != null) {
            garbage.add(name);
        }
    }

    /** It rests, and its settings are known. */
    void settled() {
        recent.clear();
    }

    /** What was prepared of late may have another meaning than it was taken for. */
    void recentIsStale() {
        recent.forEach(this::stale);
        recent.clear();
    }

    /** The context is over: nobody will look for what was prepared in it. */
    void forget(ParseContext context) {
        List<Definition> over = prepared.keySet().stream()
                .filter(definition -> definition.isIn(context))
                .toList();
        over.forEach(this::stale);
    }

    /** A name to be closed on occasion, or null. */
    @Nullable
    String garbage() {
        return garbage.pollLast();
    }

    void restoreGarbage(String name) {
        garbage.add(name);
    }

    void forgetPrepared() {
        garbage.clear();
        prepared.clear();
        bytes = 0;
    }

    public int preparedCount() {
        return prepared.size();
    }

    @Nullable
    Definition unnamed() {
        return unnamed;
    }

    void unnamed(@Nullable Definition definition) {
        unnamed = definition;
    }

    // ---- settings ----

    /** Name in lower case to value, as bytes of the client's encoding one to a character. */
    Map<String, String> settings() {
        return settings;
    }

    /** The parameters that the server reports, never changed in place. */
    Map<String, String> reported() {
        return reported;
    }

    /** ParameterStatus, also between two clients. */
    public void reported(String name, String value) {
        if (!value.equals(reported.get(name))) {
            Map<String, String> changed = new LinkedHashMap<>(reported);
            changed.put(name, value);
            reported = changed;
        }
    }
}
