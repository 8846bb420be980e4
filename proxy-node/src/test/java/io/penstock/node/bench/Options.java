package io.penstock.node.bench;

/**
 * How much is measured.
 *
 * @param megabytes of a large result
 * @param idle clients that do nothing
 */
record Options(int seconds, int megabytes, int idle) {
    /** For runs that only make everybody warm. */
    Options warm() {
        return new Options(Math.max(1, seconds / 2), Math.max(16, megabytes / 8), Math.min(200, idle));
    }
}
