package io.penstock.node.session;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * What this process holds: the heap after a collection, what Netty's allocator has taken outside of it, and open descriptors.
 *
 * @param descriptors -1 where the system does not tell
 */
public record Footprint(long heap, long direct, long descriptors) {
    public static Footprint now() {
        for (int turn = 0; turn < 3; turn++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return new Footprint(runtime.totalMemory() - runtime.freeMemory(), directNow(), descriptorsNow());
    }

    /** Without a collection, so often as one likes. */
    static long directNow() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
    }

    private static long descriptorsNow() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : -1;
    }

    Footprint since(Footprint before) {
        return new Footprint(heap - before.heap, direct - before.direct, descriptors - before.descriptors);
    }

    /** Heap and what is outside of it, shared out. */
    long bytesFor(int connections) {
        return (heap + direct) / connections;
    }

    @Override
    public String toString() {
        return "heap " + heap / 1024 + " KiB, direct " + direct / 1024 + " KiB, " + descriptors + " descriptors";
    }

    /** The p-th percentile in milliseconds of times in nanoseconds. */
    static double percentile(List<Long> nanos, int p) {
        List<Long> sorted = new ArrayList<>(nanos);
        sorted.sort(null);
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * p / 100)) / 10_000 / 100.0;
    }
}
