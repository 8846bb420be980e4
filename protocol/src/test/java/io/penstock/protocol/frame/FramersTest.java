package io.penstock.protocol.frame;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.penstock.protocol.Golden;
import io.penstock.protocol.error.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W-09, W-11, W-16 of typed messages. */
class FramersTest {
    private static final byte[] STREAM = Golden.bytes("""
        'Q'                 a simple query
        00 00 00 0d
        'SELECT 1' 00
        'S'                 Sync, without body
        00 00 00 04
        'X'                 Terminate
        00 00 00 04
        """);

    private final ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;

    @Test
    void framesOfOneChunkAreSlicesOfIt() {
        ByteBuf chunk = Unpooled.copiedBuffer(STREAM);
        try (FrontendFramer framer = new FrontendFramer(allocator)) {
            framer.feed(chunk);

            Frame query = requireNonNull(framer.poll());
            assertThat(query.is('Q')).isTrue();
            assertThat(query.length()).isEqualTo(14);
            assertThat(query.body().readableBytes()).isEqualTo(9);
            chunk.setByte(5, 'x');
            assertThat(query.body().getByte(0)).as("the chunk's own byte").isEqualTo((byte) 'x');
            query.release();
            assertThat(types(framer)).containsExactly('S', 'X');
        }
        assertThat(chunk.refCnt()).isZero();
    }

    @Test
    void everyCutGivesTheSameFrames() {
        for (int cut = 0; cut <= STREAM.length; cut++) {
            try (FrontendFramer framer = new FrontendFramer(allocator)) {
                framer.feed(Unpooled.copiedBuffer(STREAM, 0, cut));
                List<Character> types = new ArrayList<>(types(framer));
                framer.feed(Unpooled.copiedBuffer(STREAM, cut, STREAM.length - cut));
                types.addAll(types(framer));
                assertThat(types).as("cut at %s", cut).containsExactly('Q', 'S', 'X');
                assertThat(framer.buffered()).isZero();
            }
        }
    }

    @Test
    void singleBytesGiveTheSameFramesAndHoldNoChunks() {
        List<ByteBuf> chunks = new ArrayList<>();
        try (FrontendFramer framer = new FrontendFramer(allocator)) {
            List<Character> types = new ArrayList<>();
            for (byte b : STREAM) {
                // As a transport reads them: a large buffer with one byte in it.
                ByteBuf chunk = allocator.buffer(2_048).writeByte(b);
                chunks.add(chunk);
                framer.feed(chunk);
                types.addAll(types(framer));
                assertThat(chunks.stream().filter(held -> held.refCnt() > 0).count())
                        .isLessThanOrEqualTo(1);
            }
            assertThat(types).containsExactly('Q', 'S', 'X');
        }
    }

    @Test
    void aFrameThatIsKeptIsNotChangedByWhatArrivesLater() {
        try (FrontendFramer framer = new FrontendFramer(allocator)) {
            ByteBuf chunk = allocator.buffer(64).writeBytes(STREAM, 0, STREAM.length - 2);
            framer.feed(chunk);
            Frame query = requireNonNull(framer.poll());
            framer.feed(Unpooled.copiedBuffer(STREAM, STREAM.length - 2, 2));
            assertThat(types(framer)).containsExactly('S', 'X');
            assertThat(Golden.bytes(query.bytes()))
                    .startsWith(STREAM[0], STREAM[1])
                    .hasSize(14);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x3fff_ffff})
    void anImpossibleLengthIsFatalBeforeAnythingIsHeldForIt(int length) {
        assertFatal(Unpooled.buffer().writeByte('Q').writeInt(length), "08P01");
    }

    @Test
    void aShortMessageMayNotBeLong() {
        assertFatal(Unpooled.buffer().writeByte('S').writeInt(FrameLimits.SMALL + 1), "08P01");
        assertFatal(Unpooled.buffer().writeByte('p').writeInt(FrameLimits.AUTHENTICATION + 1), "08P01");
    }

    @Test
    void aDeclaredLengthAllocatesNothing() {
        try (FrontendFramer framer = new FrontendFramer(allocator)) {
            ByteBuf chunk = Unpooled.buffer(16).writeByte('Q').writeInt(FrameLimits.LARGE);
            framer.feed(chunk);
            assertThat(framer.poll()).isNull();
            framer.feed(Unpooled.buffer(1).writeByte('x'));
            assertThat(framer.poll()).isNull();
            ByteBuf rest = framer.takeRest();
            assertThat(rest.capacity()).isLessThanOrEqualTo(16_384);
            rest.release();
        }
    }

    @Test
    void typesThatDoNotExistAreFatalAtTheirFirstByte() {
        String frontend = "QPBDECHSXpdcfF";
        String backend = "RK23CWdcGHDIEVvnNAtS1sZT";
        for (int type = 0; type < 256; type++) {
            ByteBuf chunk = Unpooled.buffer().writeByte(type);
            try (FrontendFramer framer = new FrontendFramer(allocator)) {
                framer.feed(chunk.copy());
                assertPolls(framer::poll, frontend.indexOf(type) >= 0);
            }
            try (BackendFramer framer = new BackendFramer(allocator)) {
                framer.feed(chunk);
                assertPolls(framer::poll, backend.indexOf(type) >= 0);
            }
        }
    }

    @Test
    void aServerMayNotSendALongParameterStatus() {
        // W-17.
        try (BackendFramer framer = new BackendFramer(allocator)) {
            framer.feed(Unpooled.buffer().writeByte('S').writeInt(FrameLimits.SHORT_OF_SERVER + 1));
            assertThatThrownBy(framer::poll).isInstanceOf(ProtocolViolation.class);
        }
    }

    @Test
    void closingReleasesWhatIsLeft() {
        ByteBuf chunk = Unpooled.copiedBuffer(STREAM);
        FrontendFramer framer = new FrontendFramer(allocator);
        framer.feed(chunk);
        framer.close();
        assertThat(chunk.refCnt()).isZero();
    }

    @Test
    void aLimitOfOurOwnHolds() {
        try (FrontendFramer framer = new FrontendFramer(allocator, 100_000)) {
            framer.feed(Unpooled.buffer().writeByte('Q').writeInt(100_001));
            assertThatThrownBy(framer::poll)
                    .isInstanceOfSatisfying(
                            ProtocolViolation.class,
                            violation ->
                                    assertThat(violation.error().sqlState()).isEqualTo("54000"));
        }
        try (FrontendFramer framer = new FrontendFramer(allocator, 100_000)) {
            framer.feed(Unpooled.buffer().writeByte('Q').writeInt(Integer.MAX_VALUE));
            assertThatThrownBy(framer::poll)
                    .as("a length that Postgres would not believe either")
                    .isInstanceOfSatisfying(
                            ProtocolViolation.class,
                            violation ->
                                    assertThat(violation.error().sqlState()).isEqualTo("08P01"));
        }
    }

    @Test
    void aStrangerSaysLittle() {
        for (byte type : "pQd".getBytes(StandardCharsets.US_ASCII)) {
            try (FrontendFramer framer = new FrontendFramer(allocator)) {
                framer.stranger(true);
                framer.feed(Unpooled.buffer().writeByte(type).writeInt(FrameLimits.STRANGER));
                assertThat(framer.poll()).isNull();
                framer.feed(Unpooled.buffer().writeZero(FrameLimits.STRANGER - Integer.BYTES));
                Objects.requireNonNull(framer.poll()).release();
                framer.feed(Unpooled.buffer().writeByte(type).writeInt(FrameLimits.STRANGER + 1));
                assertThatThrownBy(framer::poll)
                        .isInstanceOfSatisfying(
                                ProtocolViolation.class,
                                violation ->
                                        assertThat(violation.error().sqlState()).isEqualTo("08P01"));
                framer.stranger(false);
                assertThat(framer.poll()).isNull();
            }
        }
    }

    private interface Poll {
        @Nullable
        Object poll();
    }

    private static void assertPolls(Poll poll, boolean exists) {
        if (exists) {
            assertThat(poll.poll()).isNull();
        } else {
            assertThatThrownBy(poll::poll).isInstanceOf(ProtocolViolation.class);
        }
    }

    private void assertFatal(ByteBuf chunk, String sqlState) {
        try (FrontendFramer framer = new FrontendFramer(allocator)) {
            framer.feed(chunk);
            ProtocolViolation violation = catchThrowableOfType(ProtocolViolation.class, framer::poll);
            assertThat(violation.isFatal()).isTrue();
            assertThat(violation.error().sqlState()).isEqualTo(sqlState);
        }
        assertThat(chunk.refCnt()).isZero();
    }

    private static List<Character> types(FrontendFramer framer) {
        List<Character> types = new ArrayList<>();
        for (Frame frame = framer.poll(); frame != null; frame = framer.poll()) {
            types.add((char) frame.type());
            frame.release();
        }
        return types;
    }
}
