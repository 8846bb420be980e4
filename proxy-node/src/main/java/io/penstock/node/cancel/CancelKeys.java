package io.penstock.node.cancel;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The keys of this node's sessions. A key is registered only when its client has logged in, so that who only connects leaves nothing
 * behind.
 */
final class CancelKeys {
    private record Entry(byte[] secret, Cancellable session) {}

    private static final int SECRET_BYTES = 32;

    private final int tag;
    private final SecureRandom random;
    private final ConcurrentMap<Integer, Entry> entries = new ConcurrentHashMap<>();

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

    void register(int processId, byte[] secret, Cancellable session) {
        entries.put(processId, new Entry(secret.clone(), session));
    }

    void forget(int processId) {
        entries.remove(processId);
    }

    /** Cancels if the key is right. @return whether it was, when the session has been told */
    CompletionStage<Boolean> cancel(int processId, byte[] secret) {
        Entry entry = entries.get(processId);
        // Compared in constant time, also where there is no such session.
        boolean right = MessageDigest.isEqual(entry == null ? new byte[secret.length] : entry.secret(), secret);
        if (entry == null || !right) {
            return CompletableFuture.completedFuture(false);
        }
        return entry.session().cancel().handle((_, _) -> true);
    }
}
