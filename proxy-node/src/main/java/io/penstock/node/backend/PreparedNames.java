package io.penstock.node.backend;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The statements that one connection keeps prepared, so that its server parses and plans each of them once. Of the connection's event loop alone.
 *
 * <p>Danger: a Parse that comes after an error in its exchange is skipped by the server. So a name counts as prepared only once an exchange that
 * parsed it has ended well; until then whoever uses it closes it first.
 */
public final class PreparedNames {
    /** The server keeps a plan for each. A node has about six statements for each synced table. */
    static final int MOST = 256;

    private final LinkedHashMap<String, Name> names = new LinkedHashMap<>(16, 0.75f, true);
    private int next;

    /** A name on the server; {@code forgotten} is what had to make room for it, to be closed there. */
    public record Name(
            String name, boolean prepared, @Nullable String forgotten) {}

    /** The statement's name, a new one where it has none yet. */
    public Name of(String sql) {
        Name known = names.get(sql);
        if (known != null) {
            return known;
        }
        String forgotten = null;
        if (names.size() == MOST) {
            forgotten = names.pollFirstEntry().getValue().name();
        }
        Name fresh = new Name("penstock_" + next++, false, null);
        names.put(sql, fresh);
        return new Name(fresh.name(), false, forgotten);
    }

    /** The exchange that parsed it has ended without an error. */
    public void prepared(String sql) {
        names.computeIfPresent(sql, (_, name) -> new Name(name.name(), true, null));
    }
}
