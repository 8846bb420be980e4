package io.penstock.adapters.openapi;

/** A stranger's text where a line must stay one: in a comment, in a message. */
final class OneLine {
    private static final int LONGEST = 160;

    private OneLine() {}

    /** Whole, however long it is. */
    static String whole(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\ufeff\\s]+", " ").strip();
    }

    static String of(String text) {
        String line = whole(text);
        return line.length() <= LONGEST ? line : line.substring(0, line.offsetByCodePoints(0, LONGEST / 2)) + " ...";
    }
}
