package io.penstock.node.transport;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages keep their order and their bytes, whatever is copied. */
class OutgoingBatchTest {
    private final OutgoingBatch batch = new OutgoingBatch(UnpooledByteBufAllocator.DEFAULT);

    @AfterEach
    void nothingIsLeft() {
        assertThat(batch.isEmpty()).isTrue();
        assertThat(batch.bytes()).isZero();
        assertThat(batch.poll()).isNull();
    }

    private static ByteBuf message(int length, int value) {
        ByteBuf message = Unpooled.buffer(Math.max(1, length));
        for (int i = 0; i < length; i++) {
            message.writeByte(value);
        }
        return message;
    }

    @Test
    void oneThatStaysAloneIsNotCopied() {
        ByteBuf only = message(10, 1);
        batch.add(only);
        assertThat(batch.bytes()).isEqualTo(10);
        assertThat(batch.poll()).isSameAs(only);
        only.release();
    }

    @Test
    void smallOnesMakeOnePieceAndAreReleased() {
        ByteBuf[] small = {message(10, 1), message(20, 2), message(30, 3)};
        for (ByteBuf each : small) {
            batch.add(each);
        }
        ByteBuf piece = next();
        assertThat(piece.readableBytes()).isEqualTo(60);
        assertThat(small).allSatisfy(each -> assertThat(each.refCnt()).isZero());
        piece.release();
    }

    @Test
    void aLargeOneIsAPieceOfItsOwn() {
        ByteBuf large = message(5_000, 2);
        batch.add(message(10, 1));
        batch.add(large);
        batch.add(message(10, 3));
        next().release();
        assertThat(batch.poll()).isSameAs(large);
        large.release();
        next().release();
    }

    @Test
    void whatIsForgottenIsReleased() {
        ByteBuf message = message(10, 1);
        batch.add(message);
        batch.release();
        assertThat(message.refCnt()).isZero();
    }

    @Test
    void orderAndBytesSurviveAnyMixture() {
        Random random = new Random(7);
        ByteBuf expected = Unpooled.buffer();
        ByteBuf seen = Unpooled.buffer();
        for (int i = 0; i < 5_000; i++) {
            int length = random.nextInt(4) == 0 ? random.nextInt(9_000) : random.nextInt(60);
            ByteBuf message = message(length, i);
            expected.writeBytes(message, 0, length);
            batch.add(message);
            if (random.nextInt(5) == 0) {
                drain(seen);
            }
        }
        drain(seen);
        assertThat(seen).isEqualTo(expected);
    }

    private void drain(ByteBuf seen) {
        for (ByteBuf piece = batch.poll(); piece != null; piece = batch.poll()) {
            seen.writeBytes(piece);
            piece.release();
        }
    }

    private ByteBuf next() {
        return requireNonNull(batch.poll(), "another piece");
    }
}
