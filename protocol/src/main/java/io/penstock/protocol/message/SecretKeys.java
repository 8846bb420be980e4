package io.penstock.protocol.message;

/** The bounds of the secret that belongs to a backend's process id. */
final class SecretKeys {
    static final int SHORTEST = 4;

    static final int LONGEST = 256;

    private SecretKeys() {}

    static boolean fits(int length) {
        return length >= SHORTEST && length <= LONGEST;
    }

    static void check(byte[] key) {
        if (!fits(key.length)) {
            throw new IllegalArgumentException("secret key of " + key.length + " bytes");
        }
    }
}
