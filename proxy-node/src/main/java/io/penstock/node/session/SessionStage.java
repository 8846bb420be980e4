package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.penstock.node.transport.IncomingClient;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/** One client's session as a stage of its stream: the client's bytes in, the bytes for it out. */
final class SessionStage extends GraphStage<FlowShape<ByteBuf, ByteBuf>> {
    private final ClientSessions sessions;
    private final IncomingClient client;
    private final Inlet<ByteBuf> fromClient = Inlet.create("fromClient");
    private final Outlet<ByteBuf> toClient = Outlet.create("toClient");
    private final FlowShape<ByteBuf, ByteBuf> shape = FlowShape.of(fromClient, toClient);

    SessionStage(ClientSessions sessions, IncomingClient client) {
        this.sessions = sessions;
        this.client = client;
    }

    @Override
    public FlowShape<ByteBuf, ByteBuf> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new SessionLogic(sessions, client, shape);
    }
}
