package io.penstock.node.session;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The keys by which a CancelRequest finds its session on this node. A key is registered only when its client has logged in, so that
 * who only connects leaves nothing behind.
 */
final class CancelKeys {
    private record Entry(byte[] secret, Runnable cancel) {}

    private static final int SECRET_BYTES = 32;

    private final SecureRandom random;
    private final ConcurrentMap<Integer, Entry> entries = new ConcurrentHashMap<>();

    CancelKeys(SecureRandom random) {
        this.random = random;
    }

    /** A process id that no session of this node has: positive, because some clients print it as signed. */
    int freshProcessId() {
        int id;
        do {
            id = random.nextInt(1, Integer.MAX_VALUE);
        } while (entries.containsKey(id));
        return id;
    }

    byte[] freshSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
    }

    /** @param cancel called from any thread */
    void register(int processId, byte[] secret, Runnable cancel) {
        entries.put(processId, new Entry(secret.clone(), cancel));
    }

    void forget(int processId) {
        entries.remove(processId);
    }

    /** Cancels if the key is right; who asks is not told whether it was. */
    void route(int processId, byte[] secret) {
        Entry entry = entries.get(processId);
        // Compared in constant time, also where there is no such session.
        boolean right = MessageDigest.isEqual(entry == null ? new byte[SECRET_BYTES] : entry.secret(), secret);
        if (entry != null && right) {
            entry.cancel().run();
        }
    }
}
