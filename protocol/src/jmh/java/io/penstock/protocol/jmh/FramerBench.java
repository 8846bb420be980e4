package io.penstock.protocol.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.frame.BackendFramer;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendFramer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Cutting the messages of one query and of a large result out of the chunks in which they come. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FramerBench {
    private static final int ROWS = 500;

    private final FrontendFramer frontend = new FrontendFramer(ByteBufAllocator.DEFAULT);
    private final BackendFramer backend = new BackendFramer(ByteBufAllocator.DEFAULT);

    private ByteBuf request;
    private ByteBuf answer;
    private ByteBuf result;

    @Setup(Level.Trial)
    public void messages() {
        request = ByteBufAllocator.DEFAULT.buffer();
        message(request, 'B', "\0P0_1\0\0\0\0\1\0\0\0\1" + "7\0\0");
        message(request, 'D', "P\0");
        message(request, 'E', "\0\0\0\0\0");
        message(request, 'S', "");
        answer = ByteBufAllocator.DEFAULT.buffer();
        message(answer, '2', "");
        message(answer, 'T', "\0\1abalance\0\0\0\100\1\0\3\0\0\0\27\0\4\377\377\377\377\0\0");
        message(answer, 'D', "\0\1\0\0\0\1" + "0");
        message(answer, 'C', "SELECT 1\0");
        message(answer, 'Z', "I");
        result = ByteBufAllocator.DEFAULT.buffer();
        for (int row = 0; row < ROWS; row++) {
            message(result, 'D', "\0\1\0\0\0\144" + "x".repeat(100));
        }
    }

    private static void message(ByteBuf out, char type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        out.writeByte(type).writeInt(Integer.BYTES + bytes.length).writeBytes(bytes);
    }

    @TearDown(Level.Trial)
    public void release() {
        request.release();
        answer.release();
        result.release();
        frontend.close();
        backend.close();
    }

    /** Bind, Describe, Execute, Sync. */
    @Benchmark
    public int requestOfFour() {
        frontend.feed(request.retainedDuplicate());
        int bytes = 0;
        for (Frame frame = frontend.poll(); frame != null; frame = frontend.poll()) {
            bytes += frame.length();
            frame.release();
        }
        return bytes;
    }

    /** BindComplete to ReadyForQuery. */
    @Benchmark
    public int answerOfFive() {
        return poll(answer);
    }

    /** Five hundred rows of a hundred bytes in one chunk. */
    @Benchmark
    public int rows() {
        return poll(result);
    }

    private int poll(ByteBuf chunk) {
        backend.feed(chunk.retainedDuplicate());
        int bytes = 0;
        for (Frame frame = backend.poll(); frame != null; frame = backend.poll()) {
            bytes += frame.length();
            frame.release();
        }
        return bytes;
    }
}
