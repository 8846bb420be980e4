package io.penstock.node.transport;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/**
 * The way in which an event loop talks to the operating system.
 *
 * <p>{@link #IO_URING} is there to be measured ({@code bench/transport}) and never chosen: many container runtimes forbid its system calls,
 * for small request and response pairs it has yet to beat epoll here, and a pgbench has hung on it.
 */
public enum IoKind {
    /** Linux. No buffer is held for a channel that has nothing to read, and a peer's reset is seen without reading. */
    EPOLL,
    /** Linux 5.14 or newer, where the kernel and the container's seccomp profile allow it. */
    IO_URING,
    /** Everywhere. */
    NIO;

    /** Epoll where its native library loads, otherwise NIO. */
    public static IoKind automatic() {
        return EPOLL.available() ? EPOLL : NIO;
    }

    /** Whether this machine can do it. Loading the native library is tried once for each kind. */
    public boolean available() {
        return switch (this) {
            case EPOLL -> Epoll.isAvailable();
            case IO_URING -> IoUring.isAvailable();
            case NIO -> true;
        };
    }

    IoHandlerFactory handlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /** The channel type of a connection that this node opens, to a server for example. */
    public Class<? extends Channel> channelType() {
        return switch (this) {
            case EPOLL -> EpollSocketChannel.class;
            case IO_URING -> IoUringSocketChannel.class;
            case NIO -> NioSocketChannel.class;
        };
    }

    /** The channel type of a listening socket. */
    Class<? extends ServerChannel> serverChannelType() {
        return switch (this) {
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
        };
    }
}
