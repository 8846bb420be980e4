package io.penstock.node.cancel;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node's CancelRequests come and go. Who asks is not told whether its key was right: the request's connection is closed when it
 * has been delivered, or had nothing to be delivered to.
 *
 * <p>Safe for use by several threads.
 */
public final class CancelRequests {
    private static final Logger LOG = LoggerFactory.getLogger(CancelRequests.class);

    private final CancelKeys keys;
    private final CancelRoutes routes;
    private final LongSupplier clock;
    private final WrongKeys wrong = new WrongKeys();

    /** @param clock milliseconds that never go back */
    public CancelRequests(CancelRoutes routes, SecureRandom random, LongSupplier clock) {
        this.keys = new CancelKeys(routes.tag(), random);
        this.routes = routes;
        this.clock = clock;
        routes.deliverTo(keys::cancel);
    }

    public int freshProcessId() {
        return keys.freshProcessId();
    }

    /** 32 random bytes. */
    public byte[] freshSecret() {
        return keys.freshSecret();
    }

    /** Whether a client can have this process id of its server as its own, and its cancel requests still find the way. */
    public static boolean canBeTold(int serverProcess) {
        return ProcessIds.isServers(serverProcess);
    }

    /** A session's client has been told its key. */
    public CancelKey register(int processId, byte[] secret, Cancellable session) {
        return keys.register(processId, secret, session);
    }

    /** A client of this node has sent a request. @return done when there is nothing more to wait for */
    public CompletionStage<?> take(InetAddress from, int processId, byte[] secret) {
        if (!wrong.allows(from, clock.getAsLong())) {
            return CompletableFuture.completedFuture(null);
        }
        return deliver(processId, secret).thenAccept(right -> {
            if (!right && wrong.add(from, clock.getAsLong())) {
                LOG.warn("cancel requests of {} are ignored for a while: too many wrong keys", from.getHostAddress());
            }
        });
    }

    private CompletionStage<Boolean> deliver(int processId, byte[] secret) {
        if (ProcessIds.isServers(processId)) {
            return keys.cancel(processId, secret)
                    .thenCompose(right ->
                            right ? CompletableFuture.completedFuture(true) : routes.forwardToAll(processId, secret));
        }
        int tag = ProcessIds.tag(processId);
        return tag == keys.tag() ? keys.cancel(processId, secret) : routes.forward(tag, processId, secret);
    }
}
