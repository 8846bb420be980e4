package io.penstock.node.session;

import java.util.ArrayDeque;

/**
 * Keeps what must not happen while a CancelRequest is on its way to the server, because the server's next statement would be hit instead
 * of the one that was meant. Used on the session's loop only.
 */
final class CancelGate {
    private final ArrayDeque<Runnable> kept = new ArrayDeque<>(0);
    private int underWay;

    /** A request is sent. */
    void shut() {
        underWay++;
    }

    /** It has arrived, or never will. */
    void arrived() {
        underWay--;
        release();
    }

    /** Runs the event when no request is under way, after those that came before it. */
    void behind(Runnable event) {
        if (underWay == 0 && kept.isEmpty()) {
            event.run();
        } else {
            kept.add(event);
        }
    }

    /** The session is over: nothing can be hit any more. */
    void open() {
        underWay = 0;
        release();
    }

    private void release() {
        while (underWay == 0) {
            Runnable next = kept.poll();
            if (next == null) {
                return;
            }
            next.run();
        }
    }
}
