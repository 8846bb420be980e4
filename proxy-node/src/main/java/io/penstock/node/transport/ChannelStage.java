package io.penstock.node.transport;

import io.netty.buffer.ByteBuf;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/** A client's channel as a flow: demand reads, the channel's write watermarks pull. See {@link IncomingClient} for how it ends. */
final class ChannelStage extends GraphStage<FlowShape<ByteBuf, ByteBuf>> {
    private final ChannelBridge bridge;
    private final Inlet<ByteBuf> toClient = Inlet.create("toClient");
    private final Outlet<ByteBuf> fromClient = Outlet.create("fromClient");
    private final FlowShape<ByteBuf, ByteBuf> shape = FlowShape.of(toClient, fromClient);

    ChannelStage(ChannelBridge bridge) {
        this.bridge = bridge;
    }

    @Override
    public FlowShape<ByteBuf, ByteBuf> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private final AsyncCallback<NotUsed> look = createAsyncCallback(_ -> look());
        /** One message to the stage is enough, however much happens before it looks. */
        private boolean woken;

        private boolean attached;

        Logic() {
            super(shape);
            setHandler(fromClient, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    give();
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    // Only reading ends; what the client is still to be told goes on.
                    endIfBothSidesHave();
                }
            });
            setHandler(toClient, new AbstractInHandler() {
                @Override
                public void onPush() {
                    bridge.write(grab(toClient));
                    take();
                }

                @Override
                public void onUpstreamFinish() {
                    bridge.finishOutput();
                    endIfBothSidesHave();
                }
            });
        }

        @Override
        public void preStart() {
            bridge.attach(this::wake);
            attached = true;
            look();
        }

        @Override
        public void postStop() {
            if (attached) {
                bridge.detach();
            }
        }

        private void wake() {
            if (!woken) {
                woken = true;
                look.invoke(NotUsed.getInstance());
            }
        }

        private void look() {
            woken = false;
            @Nullable Throwable broken = bridge.broken();
            if (broken != null) {
                // Before anything is pushed: an element that is pushed right before a failure is dropped, and its
                // buffer would leak.
                failStage(broken);
                return;
            }
            if (isAvailable(fromClient)) {
                give();
            }
            if (bridge.inputFinished() && !isClosed(fromClient)) {
                complete(fromClient);
                endIfBothSidesHave();
            } else {
                take();
            }
        }

        /** Gives downstream what has been read, or reads. */
        private void give() {
            @Nullable ByteBuf bytes = bridge.poll();
            if (bytes != null) {
                push(fromClient, bytes);
                if (bridge.inputFinished()) {
                    wake();
                }
            } else {
                bridge.read();
            }
        }

        /** Takes more from upstream as long as the client takes it from us. */
        private void take() {
            if (!isClosed(toClient) && !hasBeenPulled(toClient) && bridge.writable()) {
                pull(toClient);
            }
        }

        private void endIfBothSidesHave() {
            if (isClosed(toClient) && isClosed(fromClient)) {
                completeStage();
            }
        }
    }
}
