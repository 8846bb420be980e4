package io.penstock.node.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of an {@link AnswerFile} live: a file, or in tests a disk that fills, tears and loses power. Used by one thread at a time. */
interface AnswerDisk extends AutoCloseable {
    /** All bytes, empty where there is nothing yet. */
    ByteBuffer read() throws IOException;

    /** Adds to the end. After a failure any prefix of {@code bytes} may be there. */
    void append(ByteBuffer bytes) throws IOException;

    /** Returns once everything appended survives a loss of power. */
    void force() throws IOException;

    /** Puts {@code whole} in the place of everything, durably and at once: after a crash either the old or the new is there. */
    void replace(ByteBuffer whole) throws IOException;

    @Override
    void close() throws IOException;
}
