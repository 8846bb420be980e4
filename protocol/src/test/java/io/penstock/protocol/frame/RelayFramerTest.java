package io.penstock.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.penstock.protocol.Golden;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.RelayFramer.Run;
import io.penstock.protocol.frame.RelayFramer.Whole;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

class RelayFramerTest {
    private static final byte[] STREAM = Golden.bytes("""
        'T' 00 00 00 06 00 00        row description, looked at
        'D' 00 00 00 06 00 00        rows, flowing
        'D' 00 00 00 0b 00 01 00 00 00 01 31
        'D' 00 00 00 06 00 00
        'C' 00 00 00 0d 'SELECT 3' 00  looked at
        'Z' 00 00 00 05 'I'
        """);

    private final RelayFramer framer =
            RelayFramer.ofBackend(UnpooledByteBufAllocator.DEFAULT, type -> type == BackendType.DATA_ROW);

    @Test
    void manyRowsAreOnePiece() {
        framer.feed(Unpooled.copiedBuffer(STREAM));

        assertThat(framer.poll()).isInstanceOfSatisfying(Whole.class, piece -> {
            assertThat(piece.frame().is('T')).isTrue();
            piece.frame().release();
        });
        assertThat(framer.poll()).isInstanceOfSatisfying(Run.class, run -> {
            assertThat(run.begun()).isEqualTo(3);
            assertThat(run.bytes().readableBytes()).isEqualTo(7 + 12 + 7);
            run.bytes().release();
        });
        assertThat(framer.poll())
                .isInstanceOfSatisfying(Whole.class, piece -> piece.frame().release());
        assertThat(framer.poll())
                .isInstanceOfSatisfying(Whole.class, piece -> piece.frame().release());
        assertThat(framer.poll()).isNull();
        assertThat(framer.atBorder()).isTrue();
    }

    @Test
    void everyCutGivesTheSameBytesAndTheSameNumberOfRows() {
        for (int cut = 0; cut <= STREAM.length; cut++) {
            Relayed relayed = new Relayed();
            framer.feed(Unpooled.copiedBuffer(STREAM, 0, cut));
            relayed.drain(framer);
            framer.feed(Unpooled.copiedBuffer(STREAM, cut, STREAM.length - cut));
            relayed.drain(framer);
            assertThat(relayed.bytes.toByteArray()).as("cut at %s", cut).isEqualTo(STREAM);
            assertThat(relayed.rows).isEqualTo(3);
            assertThat(relayed.looked.toString()).isEqualTo("TCZ");
            assertThat(framer.atBorder()).isTrue();
        }
    }

    @Test
    void aRowOfOneGigabyteDoesNotWaitForItsEnd() {
        framer.feed(Unpooled.buffer().writeByte('D').writeInt(FrameLimits.LARGE).writeZero(100));
        assertThat(framer.poll()).isInstanceOfSatisfying(Run.class, run -> {
            assertThat(run.bytes().readableBytes()).isEqualTo(105);
            run.bytes().release();
        });
        ByteBuf next = Unpooled.buffer().writeZero(1_000);
        framer.feed(next);
        assertThat(framer.poll()).isInstanceOfSatisfying(Run.class, run -> {
            assertThat(run.begun()).isZero();
            assertThat(run.bytes()).as("passed on, not copied").isSameAs(next);
            run.bytes().release();
        });
        assertThat(framer.atBorder()).isFalse();
    }

    @Test
    void whatCameBeforeAnImpossibleMessageIsPolledFirst() {
        framer.feed(Unpooled.buffer().writeByte('D').writeInt(4).writeByte('D').writeInt(3));
        assertThat(framer.poll())
                .isInstanceOfSatisfying(Run.class, run -> run.bytes().release());
        assertThatThrownBy(framer::poll).isInstanceOf(ProtocolViolation.class);
        framer.close();
    }

    /** What came through. */
    static final class Relayed {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final StringBuilder looked = new StringBuilder();
        int rows;

        void drain(RelayFramer framer) {
            for (RelayFramer.Piece piece = framer.poll(); piece != null; piece = framer.poll()) {
                switch (piece) {
                    case Whole whole -> {
                        looked.append((char) whole.frame().type());
                        bytes.writeBytes(Golden.bytes(whole.frame().bytes()));
                    }
                    case Run run -> {
                        rows += run.begun();
                        bytes.writeBytes(Golden.bytes(run.bytes()));
                    }
                }
            }
        }
    }
}
