package io.penstock.sandbox.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: takes a request, lets the core answer it, and delivers the answer or what a fault leaves of it.
 *
 * <p>Reading is by hand: the next request is read when the last one has been answered, so answers keep their order while one waits.
 */
final class SandboxConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    /** The name of the encoder in the pipeline; bytes made by hand are written from there, that is past it. */
    static final String ENCODER = "encoder";

    private static final Logger LOG = LoggerFactory.getLogger(SandboxConnection.class);
    private static final String HTML =
            "<html><head><title>Down For Maintenance</title></head><body><h1>Down For Maintenance</h1></body></html>";

    private final SandboxServer server;

    SandboxConnection(SandboxServer server) {
        this.server = server;
    }

    /** A request under way. */
    private static final class Exchange {
        private final SandboxServer server;
        private final RequestLog.Entry entry;
        private final long started;
        private final boolean keepAlive;
        private SandboxRequest request;
        private boolean committed;

        Exchange(
                SandboxServer server, SandboxRequest request, RequestLog.Entry entry, long started, boolean keepAlive) {
            this.server = server;
            this.request = request;
            this.entry = entry;
            this.started = started;
            this.keepAlive = keepAlive;
        }

        SandboxRequest request() {
            return request;
        }

        boolean keepAlive() {
            return keepAlive;
        }

        /** Lets the core answer, with every record refused. */
        SandboxResponse commit(Fault.RefuseRecords refusal) {
            request = request.withRefusal(refusal);
            return commit();
        }

        /** Lets the core answer. */
        SandboxResponse commit() {
            committed = true;
            return server.commit(request);
        }

        void finished(int status, int rows, @Nullable Fault fault) {
            entry.finished(status, rows, System.nanoTime() - started, fault == null ? null : fault.describe());
            if (committed) {
                server.finished(request);
            }
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.read();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
        if (message.decoderResult().isFailure()) {
            context.close();
            return;
        }
        long started = System.nanoTime();
        Map<String, String> headers = new HashMap<>();
        message.headers().forEach(header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        SandboxRequest request = SandboxRequest.of(
                message.method().name(), message.uri(), headers, ByteBufUtil.getBytes(message.content()));
        boolean keepAlive = HttpUtil.isKeepAlive(message);
        SandboxResponse administrative = server.admin().answer(request);
        if (administrative != null) {
            write(context, administrative, administrative.body().length, keepAlive);
            return;
        }
        Fault fault = server.faults().take(request, server.api());
        RequestLog.Entry entry = server.log().arrived(request, server.api().isAuthentication(request));
        serve(context, new Exchange(server, request, entry, started, keepAlive), fault);
    }

    private void serve(ChannelHandlerContext context, Exchange exchange, @Nullable Fault fault) {
        Duration latency = server.latency();
        switch (fault) {
            case null -> {
                SandboxResponse response = exchange.commit();
                after(context, latency, () -> deliver(context, exchange, response, null));
            }
            case Fault.Latency(Duration time) -> {
                SandboxResponse response = exchange.commit();
                after(context, latency.plus(time), () -> deliver(context, exchange, response, fault));
            }
            case Fault.RefuseRecords refusal -> {
                SandboxResponse response = exchange.commit(refusal);
                after(context, latency, () -> deliver(context, exchange, response, fault));
            }
            case Fault.Hang(Duration time, Fault.Moment moment) -> {
                SandboxResponse committed = moment == Fault.Moment.AFTER_COMMIT ? exchange.commit() : null;
                after(context, latency.plus(time), () -> {
                    SandboxResponse response = committed == null ? exchange.commit() : committed;
                    deliver(context, exchange, response, fault);
                });
            }
            case Fault.Status(int status, Fault.Moment moment) -> {
                int rows = committedRows(exchange, moment);
                after(context, latency, () -> {
                    SandboxResponse response = server.api().failure(status);
                    exchange.finished(status, rows, fault);
                    write(context, response, response.body().length, exchange.keepAlive());
                });
            }
            case Fault.Answer answer -> {
                int rows = committedRows(exchange, answer.moment());
                SandboxResponse response = withRows(
                        new SandboxResponse(
                                answer.status(),
                                answer.contentType(),
                                answer.headers(),
                                answer.body().getBytes(StandardCharsets.UTF_8),
                                0),
                        rows);
                after(context, latency, () -> deliver(context, exchange, response, fault));
            }
            case Fault.Drop(Fault.Moment moment) -> {
                int rows = committedRows(exchange, moment);
                after(context, latency, () -> {
                    exchange.finished(0, rows, fault);
                    context.close();
                });
            }
            case Fault.Reset(Fault.Moment moment) -> {
                int rows = committedRows(exchange, moment);
                after(context, latency, () -> {
                    exchange.finished(0, rows, fault);
                    context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                    context.close();
                });
            }
            case Fault.HalfBody half -> {
                SandboxResponse response = exchange.commit();
                after(context, latency, () -> {
                    exchange.finished(response.status(), response.rows(), fault);
                    byte[] first = new byte[response.body().length / 2];
                    System.arraycopy(response.body(), 0, first, 0, first.length);
                    // At least one byte is promised and never sent, also where there is no body to halve.
                    long promised = Math.max(response.body().length, 1L);
                    write(context, response.withBody(response.contentType(), first), promised, false);
                });
            }
            case Fault.WrongLength wrong -> {
                SandboxResponse response = exchange.commit();
                after(context, latency, () -> {
                    exchange.finished(response.status(), response.rows(), fault);
                    write(context, response, response.body().length / 2, exchange.keepAlive());
                });
            }
            case Fault.HtmlPage page -> {
                SandboxResponse response = exchange.commit();
                SandboxResponse html = SandboxResponse.text(200, "text/html", HTML);
                after(context, latency, () -> deliver(context, exchange, withRows(html, response.rows()), fault));
            }
            case Fault.InvalidJson invalid -> {
                SandboxResponse response = exchange.commit();
                byte[] body = "{\"id\":\"003".getBytes(StandardCharsets.UTF_8);
                after(
                        context,
                        latency,
                        () -> deliver(context, exchange, response.withBody("application/json", body), fault));
            }
            case Fault.HugeJson(int bytes) -> {
                SandboxResponse response = exchange.commit();
                after(
                        context,
                        latency,
                        () -> deliver(context, exchange, response.withBody("application/json", huge(bytes)), fault));
            }
        }
    }

    private static int committedRows(Exchange exchange, Fault.Moment moment) {
        return switch (moment) {
            case BEFORE_COMMIT -> 0;
            case AFTER_COMMIT -> exchange.commit().rows();
        };
    }

    private static SandboxResponse withRows(SandboxResponse response, int rows) {
        return new SandboxResponse(
                response.status(), response.contentType(), response.headers(), response.body(), rows);
    }

    private static byte[] huge(int bytes) {
        byte[] body = new byte[Math.max(bytes, 2)];
        Arrays.fill(body, (byte) ' ');
        body[0] = '[';
        body[body.length - 1] = ']';
        return body;
    }

    private void deliver(
            ChannelHandlerContext context, Exchange exchange, SandboxResponse response, @Nullable Fault fault) {
        exchange.finished(response.status(), response.rows(), fault);
        boolean headOnly = exchange.request().method().equals("HEAD");
        SandboxResponse sent = headOnly ? response.withBody(response.contentType(), new byte[0]) : response;
        write(context, sent, response.body().length, exchange.keepAlive());
    }

    private void write(ChannelHandlerContext context, SandboxResponse response, long contentLength, boolean keepAlive) {
        ByteBuf bytes = WireResponse.encode(context.alloc(), response, contentLength, keepAlive, server.clock());
        var written = context.pipeline().context(ENCODER).writeAndFlush(bytes);
        if (keepAlive) {
            context.read();
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static void after(ChannelHandlerContext context, Duration time, Runnable step) {
        if (time.isZero()) {
            step.run();
        } else {
            var unused = context.executor().schedule(step, time.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a sandbox connection failed", cause);
        }
        context.close();
    }
}
