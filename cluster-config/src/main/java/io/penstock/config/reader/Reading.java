package io.penstock.config.reader;

import io.penstock.config.PenstockSettings;
import java.util.List;

/** What came of reading a file: settings, or every mistake that it holds. */
public sealed interface Reading {
    record Valid(PenstockSettings settings) implements Reading {}

    /** @param mistakes in the order of their lines, never empty */
    record Invalid(List<Mistake> mistakes) implements Reading {
        public Invalid {
            mistakes = List.copyOf(mistakes);
            if (mistakes.isEmpty()) {
                throw new IllegalArgumentException("a file without mistakes is valid");
            }
        }
    }
}
