package io.penstock.protocol.pooling;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.TransactionStatus;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Each row of the table of {@link ServerBoundary}. Messages are written by their type bytes; Z, T and E end a conversation. */
class ServerBoundaryTest {
    private final ServerBoundary boundary = new ServerBoundary();

    private void sends(String types) {
        ByteBuf messages = Unpooled.buffer();
        for (byte type : types.getBytes(StandardCharsets.US_ASCII)) {
            messages.writeByte(type).writeInt(6).writeShort(0);
        }
        boundary.wrote(messages);
        messages.release();
    }

    private void hears(String types) {
        for (byte type : types.getBytes(StandardCharsets.US_ASCII)) {
            Frame frame = new Frame(
                    type, Unpooled.buffer().writeByte(type).writeInt(6).writeShort(0));
            boundary.received(frame);
            frame.release();
        }
    }

    private void ready(char status) {
        Frame frame = new Frame(
                (byte) 'Z', Unpooled.buffer().writeByte('Z').writeInt(5).writeByte(status));
        boundary.received(frame);
        frame.release();
    }

    @Test
    void itRestsAtFirstAndNothingWasAsked() {
        assertThat(boundary.resting()).isEqualTo(TransactionStatus.IDLE);
        assertThat(boundary.used()).isFalse();
        hears("SNA");
        assertThat(boundary.resting()).isEqualTo(TransactionStatus.IDLE);
    }

    @Test
    void eachRequestIsOwedItsEnd() {
        sends("QQ");
        hears("TDC");
        ready('T');
        assertThat(boundary.resting()).isNull();
        hears("C");
        ready('E');
        assertThat(boundary.resting()).isEqualTo(TransactionStatus.FAILED);
        assertThat(boundary.used()).isTrue();
    }

    @Test
    void whatNoSyncFollowsIsNoRestEvenWhenItWasAnswered() {
        sends("PBEH");
        hears("12DC");
        assertThat(boundary.resting()).isNull();
        sends("S");
        ready('I');
        assertThat(boundary.resting()).isEqualTo(TransactionStatus.IDLE);
    }

    @Test
    void aSyncThatIsIgnoredInACopyIsNotOwed() {
        sends("PBES");
        hears("12G");
        sends("ddScS");
        hears("C");
        ready('I');
        assertThat(boundary.resting()).isEqualTo(TransactionStatus.IDLE);
    }

    @Test
    void aCopyOfASimpleQueryEndsWithIt() {
        sends("Q");
        hears("G");
        sends("ddf");
        hears("E");
        ready('I');
        assertThat(boundary.resting()).isEqualTo(TransactionStatus.IDLE);
    }

    @Test
    void anAnswerThatNobodyAskedForMakesItUnfit() {
        hears("C");
        assertThat(boundary.resting()).isNull();
    }

    @Test
    void soDoesAnEndThatNobodyAskedFor() {
        ready('I');
        assertThat(boundary.resting()).isNull();
    }
}
