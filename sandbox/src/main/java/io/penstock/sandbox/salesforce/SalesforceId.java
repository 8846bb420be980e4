package io.penstock.sandbox.salesforce;

import org.jspecify.annotations.Nullable;

/**
 * Record ids: 15 case-sensitive characters (the first three name the object's type), and three more that make them safe where case is lost.
 *
 * <p>Each of the three stands for five of the fifteen: bit n is set when the n-th of the five is an upper-case letter.
 */
final class SalesforceId {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    private static final int SHORT = 15;
    private static final int LONG = 18;

    private SalesforceId() {}

    /** The id number {@code n} of the type with this prefix, with a pod in it as real ids have. */
    static String of(String prefix, long n) {
        char[] tail = new char[9];
        long rest = n;
        for (int i = tail.length - 1; i >= 0; i--) {
            tail[i] = DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
        return lengthen(prefix + "5g0" + new String(tail));
    }

    /** The 18 characters of an id given with 15 or 18; null when it is no id. The checksum of 18 must be right. */
    static @Nullable String normalize(String id) {
        if (id.length() != SHORT && id.length() != LONG) {
            return null;
        }
        for (int i = 0; i < id.length(); i++) {
            if (DIGITS.indexOf(id.charAt(i)) < 0) {
                return null;
            }
        }
        String whole = lengthen(id.substring(0, SHORT));
        return id.length() == SHORT || whole.equals(id) ? whole : null;
    }

    static String shorten(String id) {
        return id.substring(0, SHORT);
    }

    private static String lengthen(String id) {
        StringBuilder whole = new StringBuilder(LONG).append(id);
        for (int chunk = 0; chunk < 3; chunk++) {
            int bits = 0;
            for (int i = 0; i < 5; i++) {
                char character = id.charAt(chunk * 5 + i);
                if (character >= 'A' && character <= 'Z') {
                    bits |= 1 << i;
                }
            }
            whole.append(CHECKSUM.charAt(bits));
        }
        return whole.toString();
    }
}
