package io.penstock.protocol.pooling;

import io.penstock.protocol.frame.Frame;
import java.util.ArrayDeque;

/** Messages of a client that wait: for a server, or for the answer to one before them. */
final class KeptMessages {
    private final ArrayDeque<Frame> frames = new ArrayDeque<>(0);
    private long bytes;

    boolean isEmpty() {
        return frames.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    void add(Frame frame) {
        frames.add(frame);
        bytes += frame.length();
    }

    /** In front of all others: it is not its time yet. */
    void addBack(Frame frame) {
        frames.addFirst(frame);
        bytes += frame.length();
    }

    Frame first() {
        return frames.element();
    }

    Frame remove() {
        Frame frame = frames.remove();
        bytes -= frame.length();
        return frame;
    }

    void release() {
        frames.forEach(Frame::release);
        frames.clear();
    }
}
