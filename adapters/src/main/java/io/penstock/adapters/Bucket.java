package io.penstock.adapters;

import java.time.Duration;

/**
 * One of the limits that an API puts on an account. All of an account's buckets must have permits before a call is sent.
 *
 * @param name as calls, feedback and configuration name it
 */
public record Bucket(String name, Shape shape) {
    /** How the permits of a bucket come back. */
    public sealed interface Shape {
        /** So many permits in any window of this length. */
        record Window(long permits, Duration length) implements Shape {
            public Window {
                if (permits < 1 || !length.isPositive()) {
                    throw new IllegalArgumentException("a window has at least one permit and a length");
                }
            }
        }

        /** So many calls at the same time. */
        record Concurrency(int calls) implements Shape {
            public Concurrency {
                if (calls < 1) {
                    throw new IllegalArgumentException("at least one call at a time");
                }
            }
        }
    }
}
