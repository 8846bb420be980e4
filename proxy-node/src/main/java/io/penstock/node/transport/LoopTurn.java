package io.penstock.node.transport;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the reading of one channel sets going on its event loop: done before the loop reads its next channel, while everything that
 * belongs to this client is still in the processor's caches. As tasks of the loop, the same steps would be done after all other
 * channels had been read, and with a few hundred busy clients each step would find its objects gone.
 *
 * <pre>
 * begin()      the channel's handler; turns within a turn are part of it
 * add(step)    whoever would give the loop a task: false where no turn is open, and the task is the loop's
 * end()        the steps, and those that they add; past MOST of them the rest are the loop's, so that no client holds up the others
 * </pre>
 *
 * <p>A step that fails is logged, as a task of the loop would be: the channel whose turn it is has nothing to do with it.
 *
 * <p>One for each event loop's thread, and used on it only.
 */
public final class LoopTurn {
    private static final Logger LOG = LoggerFactory.getLogger(LoopTurn.class);

    /** As many steps as one turn has at most. */
    static final int MOST = 64;

    private static final FastThreadLocal<LoopTurn> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected LoopTurn initialValue() {
            return new LoopTurn();
        }
    };

    private final ArrayDeque<Runnable> steps = new ArrayDeque<>();
    private int depth;

    private LoopTurn() {}

    /** Opens the turn of this thread; {@link #end} it in a finally. */
    public static LoopTurn begin() {
        LoopTurn turn = OF_THREAD.get();
        turn.depth++;
        return turn;
    }

    /** Does the step in this thread's turn. Returns false, and does nothing, where none is open. */
    static boolean add(Runnable step) {
        LoopTurn turn = OF_THREAD.get();
        return turn.depth > 0 && turn.steps.add(step);
    }

    /**
     * Does what has been added.
     *
     * @param loop gets what is left after {@link #MOST} steps
     */
    public void end(Executor loop) {
        if (depth > 1) {
            depth--;
            return;
        }
        try {
            int done = 0;
            for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
                run(step);
                if (++done == MOST) {
                    break;
                }
            }
        } finally {
            depth = 0;
            for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
                loop.execute(step);
            }
        }
    }

    private static void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error defect) {
            LOG.error("a step on an event loop broke", defect);
        }
    }
}
