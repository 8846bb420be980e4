package io.penstock.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.penstock.protocol.Golden;
import io.penstock.protocol.RandomInputs;
import io.penstock.protocol.error.ProtocolViolation;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * W-13 and W-16 for the framers: the same bytes give the same frames and the same end, however they are cut into chunks; frames put
 * together again are a beginning of the stream; nothing is held that has not arrived; nothing leaks.
 */
class FramersFuzz {
    private interface Poll {
        @Nullable
        ByteBuf poll();
    }

    @MethodSource("seeds")
    @FuzzTest
    void framers(byte[] data) {
        check(data);
    }

    @Test
    void framersOnRandomInputs() {
        RandomInputs.feed(4, 5_000, seeds(), FramersFuzz::check);
    }

    static List<byte[]> seeds() {
        return List.of(
                Golden.bytes("'Q' 00 00 00 0d 'SELECT 1' 00 'S' 00 00 00 04 'X' 00 00 00 04"),
                Golden.bytes("'P' 00 00 00 08 00 00 00 00 'B' 00 00 00 0c 00 00 00 00 00 00 00 00 'H' 00 00 00 04"),
                Golden.bytes("'D' 00 00 00 06 00 00 'D' 00 00 00 06 00 00 'C' 00 00 00 06 'x' 00 'Z' 00 00 00 05 'I'"),
                Golden.bytes("00 00 00 08 04 d2 16 2f 00 00 00 09 00 03 00 00 00"));
    }

    private static void check(byte[] data) {
        List<List<String>> outcomes = new ArrayList<>();
        for (IntUnaryOperator step : List.<IntUnaryOperator>of(left -> left, left -> 1, left -> Math.min(left, 3))) {
            outcomes.add(List.of(frontend(data, step), backend(data, step), startup(data, step)));
        }
        assertThat(outcomes).allMatch(outcomes.getFirst()::equals);
    }

    private static String frontend(byte[] data, IntUnaryOperator step) {
        try (FrontendFramer framer = new FrontendFramer(UnpooledByteBufAllocator.DEFAULT)) {
            return run(data, step, framer::feed, () -> bytes(framer.poll()));
        }
    }

    private static String backend(byte[] data, IntUnaryOperator step) {
        try (BackendFramer framer = new BackendFramer(UnpooledByteBufAllocator.DEFAULT)) {
            return run(data, step, framer::feed, () -> bytes(framer.poll()));
        }
    }

    private static String startup(byte[] data, IntUnaryOperator step) {
        try (StartupFramer framer = new StartupFramer(UnpooledByteBufAllocator.DEFAULT)) {
            return run(data, step, framer::feed, () -> bytes(framer.poll()));
        }
    }

    private static @Nullable ByteBuf bytes(@Nullable Frame frame) {
        return frame == null ? null : frame.bytes();
    }

    private interface Feed {
        void feed(ByteBuf chunk);
    }

    private static String run(byte[] data, IntUnaryOperator step, Feed feed, Poll poll) {
        StringBuilder outcome = new StringBuilder();
        int position = 0;
        try {
            while (position < data.length) {
                int length = step.applyAsInt(data.length - position);
                feed.feed(Unpooled.copiedBuffer(data, position, length));
                position += length;
                for (ByteBuf piece = poll.poll(); piece != null; piece = poll.poll()) {
                    outcome.append(HexFormat.of().formatHex(Golden.bytes(piece)))
                            .append('|');
                }
            }
        } catch (ProtocolViolation violation) {
            assertThat(violation.isFatal()).isTrue();
            outcome.append(violation.error().message());
            return outcome.toString();
        }
        String pieces = outcome.toString().replace("|", "");
        assertThat(HexFormat.of().formatHex(data)).startsWith(pieces);
        return outcome.toString();
    }
}
