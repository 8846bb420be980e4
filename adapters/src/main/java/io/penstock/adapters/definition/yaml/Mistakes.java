package io.penstock.adapters.definition.yaml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Gathers everything that is wrong, so that it is all told at once. */
public final class Mistakes {
    private final List<Mistake> found = new ArrayList<>();

    /** Notes a mistake; the message continues the path: {@code is not a number}. */
    public void add(int line, String path, String message) {
        found.add(new Mistake(line, path, message, null));
    }

    /** The same, with what was probably meant among all that could have stood there. */
    public void add(int line, String path, String message, String given, Collection<String> known) {
        found.add(new Mistake(line, path, message, nearest(given, known)));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** From the first line to the last. */
    public List<Mistake> all() {
        return found.stream().sorted(Comparator.comparingInt(Mistake::line)).toList();
    }

    /** The closest of the known words, or null where none is close. */
    static @Nullable String nearest(String given, Collection<String> known) {
        String word = given.toLowerCase(Locale.ROOT);
        String best = null;
        int least = Math.max(2, word.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(word, candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** Levenshtein's: letters to insert, remove or replace. */
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int column = 0; column <= other.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= one.length(); row++) {
            int[] here = new int[other.length() + 1];
            here[0] = row;
            for (int column = 1; column <= other.length(); column++) {
                int replaced = above[column - 1] + (one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1);
                here[column] = Math.min(replaced, Math.min(above[column], here[column - 1]) + 1);
            }
            above = here;
        }
        return above[other.length()];
    }
}
