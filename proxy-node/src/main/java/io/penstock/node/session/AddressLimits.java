package io.penstock.node.session;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many connections and wrong passwords one address may have. Addresses of IPv6 count as their /64, which is what one subscriber gets.
 *
 * <pre>
 * wrong passwords within a minute   below the limit: nothing happens    at the limit: turned away until that minute is over
 * </pre>
 *
 * <p>Safe for use by several threads.
 */
final class AddressLimits {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    /** More attackers at the same time are not remembered; the oldest is forgotten first. */
    private static final int MOST_REMEMBERED = 10_000;

    private static final class Failures {
        private final long since;
        private int count;

        Failures(long since) {
            this.since = since;
        }
    }

    private final int connections;
    private final int failuresPerMinute;
    private final LongSupplier nanoTime;
    private final Map<InetAddress, Integer> connected = new HashMap<>();
    private final LinkedHashMap<InetAddress, Failures> failed = new LinkedHashMap<>();

    /** @param failuresPerMinute 0 for no limit */
    AddressLimits(int connections, int failuresPerMinute, LongSupplier nanoTime) {
        this.connections = connections;
        this.failuresPerMinute = failuresPerMinute;
        this.nanoTime = nanoTime;
    }

    /** Counts a connection, or not if there are too many. */
    synchronized boolean connect(InetAddress address) {
        int others = connected.getOrDefault(network(address), 0);
        if (others >= connections) {
            return false;
        }
        connected.put(network(address), others + 1);
        return true;
    }

    synchronized void disconnect(InetAddress address) {
        connected.computeIfPresent(network(address), (_, count) -> count == 1 ? null : count - 1);
    }

    /** Counts a wrong password. */
    synchronized void fail(InetAddress address) {
        if (failuresPerMinute == 0) {
            return;
        }
        InetAddress network = network(address);
        Failures failures = failed.get(network);
        if (failures == null || isOver(failures)) {
            failed.remove(network); // so that it goes to the end of the order
            failures = new Failures(nanoTime.getAsLong());
            failed.put(network, failures);
            if (failed.size() > MOST_REMEMBERED) {
                failed.remove(failed.firstEntry().getKey());
            }
        }
        failures.count++;
    }

    /** Whether an address is turned away. */
    synchronized boolean isBarred(InetAddress address) {
        Failures failures = failed.get(network(address));
        return failures != null && !isOver(failures) && failures.count >= failuresPerMinute;
    }

    private boolean isOver(Failures failures) {
        return nanoTime.getAsLong() - failures.since >= MINUTE;
    }

    private static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, 8, 16, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("16 bytes are an address", impossible);
        }
    }
}
