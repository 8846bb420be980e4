package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;

/** A NotificationResponse apart from any buffer: all clients that get it share one. It never changes. */
public final class Notification {
    private static final int PROCESS_ID_BYTES = 4;

    private final int processId;
    private final String channel;
    /** Channel and payload, as they came. */
    private final byte[] content;

    private Notification(int processId, String channel, byte[] content) {
        this.processId = processId;
        this.channel = channel;
        this.content = content;
    }

    /** Of a message, which is looked at and not taken. */
    public static Notification of(Frame frame) {
        ByteBuf body = frame.body();
        if (body.readableBytes() <= PROCESS_ID_BYTES) {
            throw ErrorCode.MALFORMED_MESSAGE.violation("a notification without a channel");
        }
        byte[] content = new byte[body.readableBytes() - PROCESS_ID_BYTES];
        body.getBytes(body.readerIndex() + PROCESS_ID_BYTES, content);
        String channel = PreparedMessages.name(body, PROCESS_ID_BYTES);
        return new Notification(body.getInt(body.readerIndex()), channel, content);
    }

    /** Of the server whose transaction has sent it. */
    int processId() {
        return processId;
    }

    /** A character for each byte. */
    public String channel() {
        return channel;
    }

    /** As if another had sent it. */
    Notification from(int other) {
        return new Notification(other, channel, content);
    }

    /** What it takes to keep it. */
    int bytes() {
        return content.length;
    }

    Frame frame() {
        ByteBuf bytes = Unpooled.buffer(Frame.HEADER_BYTES + PROCESS_ID_BYTES + content.length);
        bytes.writeByte(BackendType.NOTIFICATION_RESPONSE).writeInt(4 + PROCESS_ID_BYTES + content.length);
        bytes.writeInt(processId).writeBytes(content);
        return new Frame(BackendType.NOTIFICATION_RESPONSE, bytes);
    }

    /** For logs: never the payload. */
    @Override
    public String toString() {
        return "Notification[" + processId + ", " + content.length + " bytes]";
    }
}
