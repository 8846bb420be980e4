package io.penstock.node.cancel;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
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
 */
final class CancelKeys {
    private record Entry(byte[] secret, Cancellable session) {}

    private static final int SECRET_BYTES = 32;

    private final int tag;
    private final SecureRandom random;
    private final ConcurrentMap<Integer, List<Entry>> entries = new ConcurrentHashMap<>();

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
        return () -> entries.computeIfPresent(processId, (_, here) -> without(here, added));
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

    /** Cancels if the key is right. @return whether it was, when the session has been told */
    CompletionStage<Boolean> cancel(int processId, byte[] secret) {
        Entry found = null;
        for (Entry entry : entries.getOrDefault(processId, List.of())) {
            // In constant time: how long it takes must not tell how much of a guess was right.
            if (MessageDigest.isEqual(entry.secret(), secret)) {
                found = entry;
            }
        }
        if (found == null) {
            return CompletableFuture.completedFuture(false);
        }
        return found.session().cancel().handle((_, _) -> true);
    }
}
