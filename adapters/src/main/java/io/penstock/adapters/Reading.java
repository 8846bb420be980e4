package io.penstock.adapters;

/** What the answer to a read means. Reads change nothing, so any {@link Failure} may be repeated. */
public sealed interface Reading<T> {
    /** The API answered. */
    record Got<T>(T value) implements Reading<T> {}

    /** It did not. */
    record Failed<T>(Failure failure) implements Reading<T> {}
}
