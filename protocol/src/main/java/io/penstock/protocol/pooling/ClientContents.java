package io.penstock.protocol.pooling;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client believes to be in its session, whichever server it is on. */
final class ClientContents {
    /** Those of Parse and of PREPARE, which share their names. */
    final Map<String, Definition> named = new HashMap<>(4);

    @Nullable
    Definition unnamed;
    /** The parameters as the client was told them. */
    Map<String, String> told;

    private final Map<String, String> initial;
    private final Map<String, String> settings;
    private ParseContext context;

    /**
     * @param initial settings that are the client's own from the beginning, by name in lower case
     * @param told the parameters that it was told at its login
     */
    ClientContents(Map<String, String> initial, Map<String, String> told) {
        this.told = Map.copyOf(told);
        this.initial = Map.copyOf(initial);
        this.settings = new HashMap<>(initial);
        this.context = ParseContext.of(settings);
    }

    /** As {@link ServerContents#settings}. */
    Map<String, String> settings() {
        return settings;
    }

    /** @param value null where the setting is not there any more */
    void set(String name, @Nullable String value) {
        boolean changed = value == null ? settings.remove(name) != null : !value.equals(settings.put(name, value));
        if (changed && ParseContext.isRelevant(name)) {
            context = ParseContext.of(settings);
        }
    }

    /** DISCARD ALL. */
    void clear() {
        named.clear();
        unnamed = null;
        settings.clear();
        settings.putAll(initial);
        context = ParseContext.of(settings);
    }

    ParseContext context() {
        return context;
    }
}
