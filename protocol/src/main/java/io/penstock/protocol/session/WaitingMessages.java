package io.penstock.protocol.session;

import io.penstock.protocol.frame.Frame;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What the client has sent behind something that is being held, and that has to wait for its turn. */
final class WaitingMessages {
    private final ArrayDeque<Frame> frames = new ArrayDeque<>(0);
    private long bytes;

    /** Takes the frame over. */
    void add(Frame frame) {
        frames.add(frame);
        bytes += frame.length();
    }

    @Nullable
    Frame poll() {
        Frame frame = frames.poll();
        if (frame != null) {
            bytes -= frame.length();
        }
        return frame;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    void clear() {
        frames.forEach(Frame::release);
        frames.clear();
        bytes = 0;
    }
}
