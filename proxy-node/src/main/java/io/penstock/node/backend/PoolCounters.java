package io.penstock.node.backend;

/**
 * A pool in numbers. Those of the first line only grow; {@code acquired - returned} is what is leased.
 *
 * @param acquired leases given
 * @param returned leases ended, in whichever way
 * @param discarded connections that came back unfit to be used again, or were said to be
 * @param timedOut waiters whose time was over
 * @param connected connections opened
 * @param failed connections that could not be opened
 * @param waiting callers in line
 * @param idle connections that wait for a caller
 * @param open connections, idle or leased, and those being opened
 */
public record PoolCounters(
        long acquired,
        long returned,
        long discarded,
        long timedOut,
        long connected,
        long failed,
        int waiting,
        int idle,
        int open) {}
