package io.penstock.protocol.frame;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.penstock.protocol.Golden;
import io.penstock.protocol.error.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W-01, W-02, W-04, W-05. */
class StartupFramerTest {
    private final StartupFramer framer = new StartupFramer(UnpooledByteBufAllocator.DEFAULT);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 7, -1, 0x7fff_ffff, 10_005})
    void anImpossibleLengthIsFatal(int length) {
        framer.feed(Unpooled.buffer().writeInt(length));
        ProtocolViolation violation = catchThrowableOfType(ProtocolViolation.class, framer::poll);
        assertThat(violation.isFatal()).isTrue();
        assertThat(violation.error().sqlState()).isEqualTo("08P01");
        framer.close();
    }

    @Test
    void theLongestPacketIsTaken() {
        framer.feed(Unpooled.buffer().writeInt(10_004).writeZero(10_000));
        Frame packet = requireNonNull(framer.poll());
        assertThat(packet.body().readableBytes()).isEqualTo(10_000);
        packet.release();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001",
                "SSH-2.0-OpenSSH_9.9\r\n",
                "*1\r\n$4\r\nPING\r\n"
            })
    void otherProtocolsAreFatalAtTheirFourthByte(String greeting) {
        framer.feed(Unpooled.copiedBuffer(greeting, StandardCharsets.ISO_8859_1));
        assertThat(catchThrowableOfType(ProtocolViolation.class, framer::poll).isFatal())
                .isTrue();
        framer.close();
    }

    @Test
    void bytesStuffedBehindASslRequestAreSeen() {
        // CVE-2021-23214: they would be read as if they had come encrypted.
        framer.feed(Unpooled.copiedBuffer(Golden.bytes("""
            00 00 00 08  SSLRequest
            04 d2 16 2f
            'Q' 00 00 00 06 ';' 00  a query in plain text
            """)));
        Frame packet = requireNonNull(framer.poll());
        assertThat(packet.type()).isEqualTo(Frame.STARTUP);
        assertThat(framer.buffered()).isEqualTo(7);
        packet.release();
        framer.close();
    }

    @Test
    void theRestGoesToTheNextFramer() {
        framer.feed(Unpooled.buffer().writeInt(8).writeInt(0).writeByte('S'));
        framer.feed(Unpooled.buffer().writeInt(4));
        Frame packet = requireNonNull(framer.poll());
        packet.release();
        try (FrontendFramer next = new FrontendFramer(UnpooledByteBufAllocator.DEFAULT)) {
            next.feed(framer.takeRest());
            Frame sync = requireNonNull(next.poll());
            assertThat(sync.is('S')).isTrue();
            sync.release();
        }
        framer.close();
    }

    @Test
    void singleBytesGiveTheSamePacket() {
        ByteBuf whole = Unpooled.buffer().writeInt(12).writeInt(196_608).writeInt(0);
        while (whole.readableBytes() > 1) {
            framer.feed(whole.readRetainedSlice(1));
            assertThat(framer.poll()).isNull();
        }
        framer.feed(whole);
        Frame packet = requireNonNull(framer.poll());
        assertThat(packet.length()).isEqualTo(12);
        packet.release();
    }
}
