package io.penstock.node.cancel;

/**
 * How the process id that a client is given is made up. It is positive, because some clients print it as a signed number.
 *
 * <pre>
 * bit  31  30 ........... 20  19 ............ 0
 *       0  tag of the node    one of its sessions     where sessions share servers
 *       0  process of the server, below 2^22          where it has one for itself
 * </pre>
 *
 * <p>The tag is no secret: it only says whom to ask. What has to be guessed is the secret that goes with the whole number. A server's
 * process says nothing of the node, and two servers on two machines can have the same.
 */
final class ProcessIds {
    /** A million sessions on each of two thousand nodes. */
    private static final int LOCAL_BITS = 20;

    static final int LOCALS = 1 << LOCAL_BITS;

    /** No process of Linux has an id that begins with this (its pid_max is 2^22 at most), nor one of the other systems that Postgres runs on. */
    static final int SMALLEST_TAG = 4;

    static final int LARGEST_TAG = Integer.MAX_VALUE >>> LOCAL_BITS;

    private ProcessIds() {}

    static int of(int tag, int local) {
        if (tag < SMALLEST_TAG || tag > LARGEST_TAG || local < 0 || local >= LOCALS) {
            throw new IllegalArgumentException("no process id of node " + tag + " for " + local);
        }
        return tag << LOCAL_BITS | local;
    }

    /** Whether it can be that of a server, and so none that a node has made up. */
    static boolean isServers(int processId) {
        return processId > 0 && tag(processId) < SMALLEST_TAG;
    }

    /** The tag of the node that has given this id out; of a number that nobody has given out, anything. */
    static int tag(int processId) {
        return processId >>> LOCAL_BITS;
    }
}
