package io.penstock.node.session;

import io.netty.channel.EventLoop;
import io.penstock.config.ClientTimeouts;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.message.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** Sees to it that a client does not take longer than it may, from when it has come to a database. Used on the client's event loop only. */
final class ClientWatch implements ClientRounds.Visited {
    private final Watched watched;
    private final ClientRounds rounds;
    private final EventLoop loop;
    private @Nullable ClientClock clock;
    /** Pieces that the client has sent. */
    private long heard;

    /** Whose time is measured. */
    interface Watched {
        /** Whether it is past its login, and not ending. */
        boolean isServed();

        /** Whether a mutation of it runs: its time is its API's, and a step of it must not be cancelled in its place. */
        boolean isMutating();

        /** In which transaction status it rests; null if it does not. */
        @Nullable
        TransactionStatus resting();

        /** It has taken too long; as an event, if it has been silent until then. */
        void timedOut(ErrorCode reason);

        /** Runs something as an event of the client's stage, later. */
        void later(Runnable event);
    }

    ClientWatch(Watched watched, ClientRounds rounds, EventLoop loop) {
        this.watched = watched;
        this.rounds = rounds;
        this.loop = loop;
    }

    /** The client has sent something. */
    void heard() {
        heard++;
    }

    void begin(ClientTimeouts timeouts) {
        long distance = ClientClock.distance(timeouts);
        if (distance > 0) {
            clock = new ClientClock(timeouts);
            rounds.join(loop, this, distance);
        }
    }

    void end() {
        rounds.leave(loop, this);
    }

    @Override
    public void visit(long now) {
        if (clock == null || !watched.isServed()) {
            return;
        }
        boolean mutating = watched.isMutating();
        ErrorCode over = clock.look(now, mutating ? now : heard, mutating ? TransactionStatus.IDLE : watched.resting());
        if (over != null) {
            long then = heard;
            watched.later(() -> {
                if (heard == then) {
                    watched.timedOut(over);
                }
            });
        }
    }
}
