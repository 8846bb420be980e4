package io.penstock.node.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.penstock.node.backend.ServerFailure.Lost;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Our own client against servers that Postgres would never be, without a socket. */
@ExtendWith(NoLeaks.class)
class HostileServerTest {
    private static final BackendMessage READY = new BackendMessage.ReadyForQuery(TransactionStatus.IDLE);
    private static final BackendMessage ROW = new BackendMessage.DataRow(List.of("value".getBytes(UTF_8)));

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ServerConnection connection = connection(channel);

    @AfterEach
    void close() {
        connection.close();
        channel.finishAndReleaseAll();
    }

    @Test
    void answersAreDealtOutInOrderHoweverTheyAreCut() {
        ByteBuf answers = bytes(ROW, READY, ROW, ROW, READY, READY);
        for (int cut = 0; cut <= answers.readableBytes(); cut++) {
            var first = connection.exchange(Statements.query("one")).toCompletableFuture();
            var second = connection.exchange(Statements.query("two")).toCompletableFuture();
            var third = connection.exchange(Statements.query("three")).toCompletableFuture();
            channel.writeInbound(answers.copy(0, cut));
            channel.writeInbound(answers.copy(cut, answers.readableBytes() - cut));
            assertThat(released(first)).isEqualTo("DZ");
            assertThat(released(second)).isEqualTo("DDZ");
            assertThat(released(third)).isEqualTo("Z");
        }
        answers.release();
        assertThat(connection.isQuiet()).isTrue();
    }

    @Test
    void framesThatNobodyAskedForAreDropped() {
        for (int i = 0; i < 10_000; i++) {
            channel.writeInbound(bytes(READY, new BackendMessage.NoticeResponse(List.of()), ROW));
        }
        assertThat(connection.isQuiet()).isTrue();
        var answer = connection.exchange(Statements.query("one")).toCompletableFuture();
        channel.writeInbound(bytes(READY));
        assertThat(released(answer)).isEqualTo("Z");
    }

    @Test
    void bytesThatAreNoMessagesEndTheConnection() {
        var answer = connection.exchange(Statements.query("one")).toCompletableFuture();
        channel.writeInbound(bytes(ROW));
        channel.writeInbound(Unpooled.copiedBuffer("HTTP/1.1 400 Bad Request\r\n\r\n", UTF_8));
        assertThatThrownBy(answer::join).cause().isInstanceOf(Lost.class).hasCauseInstanceOf(ProtocolViolation.class);
        assertThat(channel.isOpen()).isFalse();
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void messageThatCannotBeDecodedEndsTheConnection() {
        var answer = connection.exchange(Statements.query("one")).toCompletableFuture();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {'Z', 0, 0, 0, 5, '?'}));
        assertThatThrownBy(answer::join).cause().isInstanceOf(Lost.class).hasCauseInstanceOf(ProtocolViolation.class);
    }

    @Test
    void answerWithoutEndIsCutOff() {
        var answer = connection.exchange(Statements.query("one")).toCompletableFuture();
        byte[] megabyte = new byte[1 << 20];
        BackendMessage large = new BackendMessage.CopyData(megabyte);
        int sent = 0;
        while (channel.isOpen() && sent < 100) {
            channel.writeInbound(bytes(large));
            sent++;
        }
        assertThat(sent).isEqualTo(64);
        assertThatThrownBy(answer::join).hasCauseInstanceOf(Lost.class);
    }

    @Test
    void lastWordsAreKept() {
        var answer = connection.exchange(Statements.query("one")).toCompletableFuture();
        PgError fatal = PgError.of(Severity.FATAL, "57P01", "terminating connection");
        channel.writeInbound(bytes(BackendMessage.ErrorResponse.of(fatal)));
        channel.close();
        assertThatThrownBy(answer::join)
                .cause()
                .isInstanceOfSatisfying(
                        Lost.class, lost -> assertThat(lost.lastWords()).isEqualTo(fatal));
    }

    @Test
    void randomBytesNeverDoMoreThanEndTheConnection() {
        Random random = new Random(3);
        for (int turn = 0; turn < 2_000; turn++) {
            EmbeddedChannel fuzzed = new EmbeddedChannel();
            ServerConnection victim = connection(fuzzed);
            CompletableFuture<List<Frame>> answer =
                    victim.exchange(Statements.query("one")).toCompletableFuture();
            ByteBuf noise = bytes(ROW, READY, ROW);
            for (int flip = random.nextInt(4); flip >= 0; flip--) {
                noise.setByte(random.nextInt(noise.readableBytes()), random.nextInt(256));
            }
            fuzzed.writeInbound(noise);
            fuzzed.close();
            assertThat(answer).isDone();
            if (!answer.isCompletedExceptionally()) {
                released(answer);
            }
            assertThat(victim.isOpen()).isFalse();
            fuzzed.finishAndReleaseAll();
        }
    }

    private static ServerConnection connection(EmbeddedChannel channel) {
        FramedChannel frames = new FramedChannel(channel);
        channel.pipeline().addLast(frames);
        DialledServer server =
                new DialledServer(new InetSocketAddress("localhost", 1), new ServerAddress("localhost", 1));
        return ServerConnection.over(new ServerLink(frames, server, new Greeting(null, Map.of())));
    }

    private static ByteBuf bytes(BackendMessage... messages) {
        ByteBuf bytes = ByteBufAllocator.DEFAULT.buffer();
        for (BackendMessage message : messages) {
            BackendMessages.encode(message, bytes);
        }
        return bytes;
    }

    private static String released(CompletableFuture<List<Frame>> answer) {
        StringBuilder types = new StringBuilder();
        for (Frame frame : answer.join()) {
            types.append((char) frame.type());
            frame.release();
        }
        return types.toString();
    }
}
