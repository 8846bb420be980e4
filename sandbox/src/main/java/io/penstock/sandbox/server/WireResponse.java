package io.penstock.sandbox.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** Writes a response as bytes by hand, so that a fault may write a wrong one. */
final class WireResponse {
    private WireResponse() {}

    /** The whole response, with this Content-Length whatever the body's real length is. */
    static ByteBuf encode(
            ByteBufAllocator allocator, SandboxResponse response, long contentLength, boolean keepAlive, Clock clock) {
        StringBuilder head = new StringBuilder(256);
        head.append("HTTP/1.1 ")
                .append(HttpResponseStatus.valueOf(response.status()))
                .append("\r\nDate: ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        clock.instant().atOffset(ZoneOffset.UTC)))
                .append("\r\n");
        if (!response.contentType().isEmpty()) {
            head.append("Content-Type: ").append(response.contentType()).append("\r\n");
        }
        for (Map.Entry<String, String> header : response.headers().entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        if (response.status() != 204 && response.status() != 304) {
            head.append("Content-Length: ").append(contentLength).append("\r\n");
        }
        if (!keepAlive) {
            head.append("Connection: close\r\n");
        }
        head.append("\r\n");
        byte[] headBytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        ByteBuf out = allocator.buffer(headBytes.length + response.body().length);
        return out.writeBytes(headBytes).writeBytes(response.body());
    }
}
