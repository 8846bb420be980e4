package io.penstock.node.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that loses power, tears writes and fills up when it is told to. */
final class MemoryDisk implements AnswerDisk {
    private byte[] durable = new byte[0];
    private byte[] written = new byte[0];
    /** How many more bytes it takes; a write beyond leaves a prefix. */
    private int room = Integer.MAX_VALUE;

    private boolean failForce;
    private volatile boolean broken;
    final AtomicInteger forces = new AtomicInteger();

    MemoryDisk() {}

    MemoryDisk(byte[] content) {
        durable = content.clone();
        written = content.clone();
    }

    byte[] content() {
        return written.clone();
    }

    void room(int bytes) {
        room = bytes;
    }

    /** Whether writing throws what nobody expects. */
    void broken(boolean now) {
        broken = now;
    }

    void failForce(boolean fail) {
        failForce = fail;
    }

    /** What a power loss leaves: all that was forced, and {@code survivors} bytes of the rest. */
    MemoryDisk afterPowerLoss(int survivors) {
        int kept = Math.min(written.length, durable.length + survivors);
        return new MemoryDisk(Arrays.copyOf(written, Math.max(kept, Math.min(durable.length, written.length))));
    }

    int unforced() {
        return Math.max(0, written.length - durable.length);
    }

    @Override
    public ByteBuffer read() {
        return ByteBuffer.wrap(written.clone());
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        if (broken) {
            throw new OutOfMemoryError("for a test");
        }
        int start = written.length;
        int taken = Math.min(room, bytes.remaining());
        written = Arrays.copyOf(written, start + taken);
        bytes.get(written, start, taken);
        room -= taken;
        if (bytes.hasRemaining()) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public void force() throws IOException {
        forces.incrementAndGet();
        if (failForce) {
            throw new IOException("Input/output error");
        }
        durable = written.clone();
    }

    @Override
    public void replace(ByteBuffer whole) throws IOException {
        if (failForce || room < whole.remaining()) {
            throw new IOException("No space left on device");
        }
        byte[] next = new byte[whole.remaining()];
        whole.get(next);
        durable = next;
        written = next.clone();
    }

    @Override
    public void close() {}
}
