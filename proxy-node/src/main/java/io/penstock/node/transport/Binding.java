package io.penstock.node.transport;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;

/** A listening socket. */
public final class Binding {
    private final Channel channel;
    private final InetSocketAddress localAddress;
    private final IntSupplier clients;

    Binding(Channel channel, IntSupplier clients) {
        this.clients = clients;
        this.channel = channel;
        this.localAddress = (InetSocketAddress) channel.localAddress();
    }

    /** The address with the port that was really taken, which matters where 0 was asked for. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** How many clients' sockets are open. */
    public int clients() {
        return clients.getAsInt();
    }

    /** Takes no more clients. Those that are connected stay. */
    public CompletionStage<Void> unbind() {
        return Futures.stage(channel.close(), _ -> null);
    }
}
