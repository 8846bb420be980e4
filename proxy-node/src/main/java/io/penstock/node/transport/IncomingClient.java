package io.penstock.node.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;

/**
 * A client that has just connected. Nothing has been read from it.
 *
 * <p>{@code flow} gives the client's bytes and takes the bytes for the client. It is materialised once, and on {@code dispatcher}
 * ({@code ActorAttributes.dispatcher}), anything else fails. Whoever receives a buffer releases it: the stage downstream those that
 * the flow emits, the flow those that it is given. Demand is reading: without it the client's bytes stay in the kernel, and the flow
 * pulls only while the client takes what was written.
 *
 * <pre>
 * the client ...                      the flow ...
 * ends its side (FIN)                 completes its output; what is pushed still reaches the client
 * breaks off (RST, broken pipe)       fails its output with the IOException
 *
 * the stages above ...                the client sees ...
 * complete the flow's input           everything that was pushed, then the end; a client that sends more is not reset at once, because
 *                                     a reset would take the last message (a FATAL error, say) away from it
 * fail the flow's input               the connection closed
 * cancel the flow's output            nothing: no more is read
 * </pre>
 *
 * @param tls its encryption, which begins when the client asks for it
 * @param dispatcher the Pekko dispatcher whose thread is {@code eventLoop}
 */
public record IncomingClient(
        InetSocketAddress remoteAddress,
        ClientTls tls,
        EventLoop eventLoop,
        String dispatcher,
        Flow<ByteBuf, ByteBuf, NotUsed> flow) {}
