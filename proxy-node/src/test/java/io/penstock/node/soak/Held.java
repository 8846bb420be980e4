package io.penstock.node.soak;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a node holds at rest.
 *
 * @param heap bytes in use after a collection
 * @param direct bytes that Netty's allocator has taken outside of the heap; it keeps chunks for the next time
 * @param descriptors open files and sockets
 * @param given server connections given to clients, since the start
 * @param back how many of them have come back
 * @param used server connections that clients have
 * @param idle server connections in the pools
 * @param waiting clients in line
 */
record Held(long heap, long direct, long descriptors, long given, long back, long used, long idle, long waiting) {
    static Held parse(String line) {
        long[] n = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Held(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
    }

    String line() {
        return LongStream.of(heap, direct, descriptors, given, back, used, idle, waiting)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }

    /** No client has or wants anything, and idle connections are closed. */
    boolean atRest() {
        return given == back && used == 0 && idle == 0 && waiting == 0;
    }

    @Override
    public String toString() {
        return "heap " + heap / 1024 + " KiB, direct " + direct / 1024 + " KiB, " + descriptors + " descriptors, given "
                + given + ", back " + back + ", used " + used + ", idle " + idle + ", waiting " + waiting;
    }
}
