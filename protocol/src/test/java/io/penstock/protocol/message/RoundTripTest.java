package io.penstock.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.frame.Frame;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is read again, message by message, and its length word counts its bytes. */
class RoundTripTest {
    static Stream<FrontendMessage> frontend() {
        return Samples.frontend().stream();
    }

    static Stream<BackendMessage> backend() {
        return Samples.backend().stream();
    }

    @ParameterizedTest
    @MethodSource
    void frontend(FrontendMessage message) {
        byte[] bytes = Samples.encoded(message);
        Frame frame = frame(bytes, isStartup(message));
        FrontendMessage decoded = FrontendMessages.decode(frame);

        assertThat(decoded).usingRecursiveComparison().isEqualTo(message);
        assertThat(decoded.getClass()).isEqualTo(message.getClass());
        assertThat(Samples.encoded(decoded)).isEqualTo(bytes);
        assertThat(frame.bytes().refCnt()).as("not taken over").isEqualTo(1);
        assertThat(frame.bytes().readerIndex()).as("not read from").isZero();
    }

    @ParameterizedTest
    @MethodSource
    void backend(BackendMessage message) {
        byte[] bytes = Samples.encoded(message);
        BackendMessage decoded = BackendMessages.decode(frame(bytes, false));

        assertThat(decoded).usingRecursiveComparison().isEqualTo(message);
        assertThat(decoded.getClass()).isEqualTo(message.getClass());
        assertThat(Samples.encoded(decoded)).isEqualTo(bytes);
    }

    @Test
    void noKindOfMessageIsLeftOut() {
        Set<Class<?>> frontend =
                Samples.frontend().stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(leaves(FrontendMessage.class))
                // Three more readings of a 'p' message, which their own tests go through.
                .filteredOn(type -> !type.equals(FrontendMessage.PasswordMessage.class)
                        && !type.equals(FrontendMessage.SaslInitialResponse.class)
                        && !type.equals(FrontendMessage.SaslResponse.class))
                .containsExactlyInAnyOrderElementsOf(frontend);
        Set<Class<?>> backend = Samples.backend().stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(leaves(BackendMessage.class)).containsExactlyInAnyOrderElementsOf(backend);
    }

    @Test
    void passwordsAndSaslMessagesAreReadAsWhatWasAskedFor() {
        FrontendMessage.PasswordMessage password = new FrontendMessage.PasswordMessage("secret");
        assertThat(FrontendMessages.decodePassword(frame(Samples.encoded(password), false)))
                .isEqualTo(password);

        for (byte[] data : new byte[][] {null, {}, Samples.bytes("n,,n=,r=abc")}) {
            FrontendMessage.SaslInitialResponse initial =
                    new FrontendMessage.SaslInitialResponse("SCRAM-SHA-256", data);
            assertThat(FrontendMessages.decodeSaslInitialResponse(frame(Samples.encoded(initial), false)))
                    .usingRecursiveComparison()
                    .isEqualTo(initial);
        }

        FrontendMessage.SaslResponse response = new FrontendMessage.SaslResponse(Samples.bytes("c=biws"));
        assertThat(FrontendMessages.decodeSaslResponse(frame(Samples.encoded(response), false)))
                .usingRecursiveComparison()
                .isEqualTo(response);
    }

    static Frame frame(byte[] bytes, boolean startup) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        return new Frame(startup ? Frame.STARTUP : bytes[0], buffer);
    }

    static boolean isStartup(FrontendMessage message) {
        return switch (message) {
            case FrontendMessage.Startup _,
                    FrontendMessage.SslRequest _,
                    FrontendMessage.GssEncRequest _,
                    FrontendMessage.CancelRequest _ -> true;
            default -> false;
        };
    }

    private static Set<Class<?>> leaves(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(type -> type.isSealed() ? leaves(type).stream() : Stream.<Class<?>>of(type))
                .collect(Collectors.toSet());
    }
}
