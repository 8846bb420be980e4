package io.penstock.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.RandomInputs;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * W-13 for the decoders: whatever the bytes, a message or a {@link ProtocolViolation} comes out; and what a client's message is read
 * as, it is written as, byte for byte, so that nothing can hide between two readings.
 */
class MessagesFuzz {
    private static final int ROUNDS = 30_000;

    @MethodSource("frontendSeeds")
    @FuzzTest
    void frontend(byte[] data) {
        decodeFrontend(data);
    }

    @MethodSource("startupSeeds")
    @FuzzTest
    void startup(byte[] data) {
        decodeStartup(data);
    }

    @MethodSource("backendSeeds")
    @FuzzTest
    void backend(byte[] data) {
        decodeBackend(data);
    }

    @Test
    void frontendOnRandomInputs() {
        RandomInputs.feed(1, ROUNDS, frontendSeeds(), MessagesFuzz::decodeFrontend);
    }

    @Test
    void startupOnRandomInputs() {
        RandomInputs.feed(2, ROUNDS, startupSeeds(), MessagesFuzz::decodeStartup);
    }

    @Test
    void backendOnRandomInputs() {
        RandomInputs.feed(3, ROUNDS, backendSeeds(), MessagesFuzz::decodeBackend);
    }

    static List<byte[]> frontendSeeds() {
        return Samples.frontend().stream()
                .filter(message -> !RoundTripTest.isStartup(message))
                .map(Samples::encoded)
                .toList();
    }

    static List<byte[]> startupSeeds() {
        return Samples.frontend().stream()
                .filter(RoundTripTest::isStartup)
                .map(Samples::encoded)
                .toList();
    }

    static List<byte[]> backendSeeds() {
        return Samples.backend().stream().map(Samples::encoded).toList();
    }

    private static void decodeFrontend(byte[] data) {
        if (data.length < Frame.HEADER_BYTES || data[0] == Frame.STARTUP) {
            return;
        }
        byte[] message = withLength(data, 1);
        try {
            FrontendMessage decoded = FrontendMessages.decode(frame(message[0], message));
            assertThat(Samples.encoded(decoded)).isEqualTo(message);
        } catch (ProtocolViolation expected) {
            assertThat(expected.error().sqlState()).isIn("08P01", "22021");
        }
    }

    private static void decodeStartup(byte[] data) {
        if (data.length < Integer.BYTES) {
            return;
        }
        byte[] message = withLength(data, 0);
        try {
            FrontendMessage decoded = FrontendMessages.decode(frame(Frame.STARTUP, message));
            // A name sent twice is written once, so only the second reading must agree.
            byte[] written = Samples.encoded(decoded);
            assertThat(Samples.encoded(FrontendMessages.decode(frame(Frame.STARTUP, written))))
                    .isEqualTo(written);
        } catch (ProtocolViolation expected) {
            assertThat(expected.isFatal()).isTrue();
        }
    }

    private static void decodeBackend(byte[] data) {
        if (data.length < Frame.HEADER_BYTES) {
            return;
        }
        byte[] message = withLength(data, 1);
        try {
            BackendMessage decoded = BackendMessages.decode(frame(message[0], message));
            assertThat(decoded.toString()).isNotNull();
            // Text that is not UTF-8 is replaced, so only the second reading must agree.
            byte[] written = Samples.encoded(decoded);
            assertThat(Samples.encoded(BackendMessages.decode(frame(written[0], written))))
                    .isEqualTo(written);
        } catch (ProtocolViolation expected) {
            assertThat(expected.error().sqlState()).isEqualTo("08P01");
        }
    }

    private static Frame frame(byte type, byte[] bytes) {
        return new Frame(type, Unpooled.wrappedBuffer(bytes));
    }

    /** A framer would have made sure of the length: without it the fuzzer would only ever find that out. */
    private static byte[] withLength(byte[] data, int index) {
        ByteBuf bytes = Unpooled.copiedBuffer(data);
        bytes.setInt(index, data.length - index);
        return bytes.array();
    }
}
