package io.penstock.node.cancel;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys of this node's sessions. A key is registered only when its client has logged in, so that who only connects leaves nothing
 * behind. Several can have the same process id: those whose servers are on different machines, and two that had a server one after
 * the other, for a moment.
 *
 * <p>Keys of sessions that have ended are known for a while: who cancels with one of them is late, and has guessed nothing.
 */
final class CancelKeys {
    private record Entry(byte[] secret, Cancellable session) {}

    private static final int SECRET_BYTES = 32;

    /** Keys of ended sessions, a few hundred bytes each: at a thousand sessions a second, of the last ten seconds. */
    private static final int MOST_ENDED = 10_000;

    private final int tag;
    private final SecureRandom random;
    private final ConcurrentMap<Integer, List<Entry>> entries = new ConcurrentHashMap<>();
    /** The last secret of each process id, the one that ended longest ago first. */
    private final LinkedHashMap<Integer, byte[]> ended = new LinkedHashMap<>();

    CancelKeys(int tag, SecureRandom random) {
        this.tag = tag;
        this.random = random;
    }

    int tag() {
        return tag;
    }

    /** A process id that no session of this node has. */
    int freshProcessId() {
        int id;
        do {
            id = ProcessIds.of(tag, random.nextInt(ProcessIds.LOCALS));
        } while (entries.containsKey(id));
        return id;
    }

    byte[] freshSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
    }

    CancelKey register(int processId, byte[] secret, Cancellable session) {
        Entry added = new Entry(secret.clone(), session);
        entries.merge(processId, List.of(added), CancelKeys::both);
        return () -> {
            entries.computeIfPresent(processId, (_, here) -> without(here, added));
            end(processId, added.secret());
        };
    }

    private void end(int processId, byte[] secret) {
        synchronized (ended) {
            ended.remove(processId);
            ended.put(processId, secret);
            if (ended.size() > MOST_ENDED) {
                ended.pollFirstEntry();
            }
        }
    }

    private boolean hasEnded(int processId, byte[] secret) {
        synchronized (ended) {
            return MessageDigest.isEqual(ended.get(processId), secret);
        }
    }

    private static List<Entry> both(List<Entry> some, List<Entry> others) {
        List<Entry> all = new ArrayList<>(some);
        all.addAll(others);
        return List.copyOf(all);
    }

    private static @Nullable List<Entry> without(List<Entry> some, Entry gone) {
        // By identity: nobody else's goes, whatever it says.
        List<Entry> left = some.stream().filter(entry -> entry != gone).toList();
        return left.isEmpty() ? null : left;
    }

    /** Cancels if the key is right. @return whether it is or was one, when the session has been told */
    CompletionStage<Boolean> cancel(int processId, byte[] secret) {
        Entry found = null;
        for (Entry entry : entries.getOrDefault(processId, List.of())) {
            // In constant time: how long it takes must not tell how much of a guess was right.
            if (MessageDigest.isEqual(entry.secret(), secret)) {
                found = entry;
            }
        }
        if (found == null) {
            return CompletableFuture.completedFuture(hasEnded(processId, secret));
        }
        return found.session().cancel().handle((_, _) -> true);
    }
}
