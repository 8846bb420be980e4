package io.penstock.sandbox.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.flow.FlowControlHandler;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shell of a sandbox: listens, and hands one request after the other to the core. One thread does everything. */
public final class SandboxServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxServer.class);
    /** Longer than what any of the APIs takes, so that the core can refuse a target that is too long in its API's own words. */
    private static final int LONGEST_LINE = 128 << 10;
    /** More than 200 records of the longest fields; less than what would hurt. */
    private static final int LARGEST_BODY = 64 << 20;

    private final SandboxApi api;
    private final Clock clock;
    private final Faults faults = new Faults();
    private final RequestLog log;
    private final AdminApi admin;
    private final EventLoopGroup group;
    private final Channel listener;
    private volatile Duration latency;

    private SandboxServer(String host, int port, SandboxApi api, Duration latency, Clock clock) {
        this.api = api;
        this.clock = clock;
        this.latency = latency;
        this.log = new RequestLog(clock);
        this.admin = new AdminApi(this);
        this.group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            this.listener = new ServerBootstrap()
                    .group(group)
                    .channel(NioServerSocketChannel.class)
                    .childOption(ChannelOption.AUTO_READ, false)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(new Connections())
                    .bind(host, port)
                    .syncUninterruptibly()
                    .channel();
        } catch (RuntimeException e) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** Binds; port 0 takes a free one. */
    public static SandboxServer start(String host, int port, SandboxApi api, Duration latency, Clock clock) {
        return new SandboxServer(host, port, api, latency, clock);
    }

    private final class Connections extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            channel.pipeline()
                    .addLast(new HttpRequestDecoder(LONGEST_LINE, LONGEST_LINE, 64 << 10))
                    .addLast(SandboxConnection.ENCODER, new HttpResponseEncoder())
                    .addLast(new HttpObjectAggregator(LARGEST_BODY))
                    .addLast(new FlowControlHandler())
                    .addLast(new SandboxConnection(SandboxServer.this));
        }
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    public Faults faults() {
        return faults;
    }

    public RequestLog log() {
        return log;
    }

    public Duration latency() {
        return latency;
    }

    public void latency(Duration each) {
        latency = each;
    }

    /** Reads or changes the core while no request runs. */
    public <T> T locked(Supplier<T> work) {
        synchronized (api) {
            return work.get();
        }
    }

    /** Forgets requests and faults, and loads the first data again. */
    public void reset() {
        synchronized (api) {
            faults.clear();
            log.clear();
            api.reset();
        }
    }

    /** Returns when the server has been closed. */
    public void awaitClosed() {
        listener.closeFuture().syncUninterruptibly();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    SandboxApi api() {
        return api;
    }

    AdminApi admin() {
        return admin;
    }

    Clock clock() {
        return clock;
    }

    SandboxResponse commit(SandboxRequest request) {
        synchronized (api) {
            try {
                return api.answer(request);
            } catch (RuntimeException e) {
                LOG.error("the {} sandbox failed at {} {}", api.name(), request.method(), request.path(), e);
                return api.failure(500);
            }
        }
    }

    void finished(SandboxRequest request) {
        synchronized (api) {
            api.finished(request);
        }
    }
}
