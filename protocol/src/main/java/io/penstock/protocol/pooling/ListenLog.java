package io.penstock.protocol.pooling;

import io.penstock.protocol.sql.Listening;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a transaction has done to the channels of its session, as far as it was not taken back. Statements are told when the server has
 * completed them.
 *
 * <pre>
 * statement                  what happens
 * LISTEN, UNLISTEN           noted
 * SAVEPOINT                  noted, behind something
 * RELEASE of one noted       that savepoint and those behind it are forgotten; what was done stays
 * RELEASE of an older one    all savepoints are forgotten
 * ROLLBACK TO one noted      what was noted behind it is forgotten
 * ROLLBACK TO an older one   everything is forgotten
 * NOTIFY                     nothing
 * </pre>
 */
final class ListenLog {
    private final List<Listening> entries = new ArrayList<>(0);

    boolean isEmpty() {
        return entries.isEmpty();
    }

    void clear() {
        entries.clear();
    }

    void completed(Listening statement) {
        switch (statement) {
            case Listening.Listen _, Listening.Unlisten _ -> entries.add(statement);
            case Listening.Savepoint _ -> {
                if (!entries.isEmpty()) {
                    entries.add(statement);
                }
            }
            case Listening.Release(String name) -> {
                List<Listening> behind = behind(Math.max(0, latest(name)));
                behind.removeIf(entry -> entry instanceof Listening.Savepoint);
            }
            case Listening.RollbackTo(String name) -> behind(latest(name) + 1).clear();
            case Listening.Notify _ -> {}
        }
    }

    private List<Listening> behind(int from) {
        return entries.subList(from, entries.size());
    }

    /** Where the savepoint of that name stands that was made last; negative if it is older than everything here. */
    private int latest(String name) {
        return entries.lastIndexOf(new Listening.Savepoint(name));
    }

    /** What is listened to after the commit. */
    Set<String> applyTo(Set<String> channels) {
        Set<String> after = new HashSet<>(channels);
        for (Listening entry : entries) {
            switch (entry) {
                case Listening.Listen(String channel) -> after.add(channel);
                case Listening.Unlisten(String channel) -> {
                    if (channel == null) {
                        after.clear();
                    } else {
                        after.remove(channel);
                    }
                }
                case Listening.Savepoint _, Listening.Release _, Listening.RollbackTo _, Listening.Notify _ -> {}
            }
        }
        return after;
    }
}
