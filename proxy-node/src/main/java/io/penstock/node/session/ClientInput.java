package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendFramer;
import io.penstock.protocol.frame.StartupFramer;
import io.penstock.protocol.session.Session;
import io.penstock.protocol.session.SessionEvent;

/** Cuts a client's bytes into messages and hands them to its session. */
final class ClientInput implements AutoCloseable {
    private final Session session;
    private final StartupFramer packets;
    private final FrontendFramer messages;
    private boolean broken;

    ClientInput(Session session, ByteBufAllocator allocator, int largestMessage) {
        this.session = session;
        this.packets = new StartupFramer(allocator);
        this.messages = new FrontendFramer(allocator, largestMessage);
    }

    /** Takes the chunk over. */
    void feed(ByteBuf chunk) {
        if (broken) {
            chunk.release();
            return;
        }
        try {
            if (session.expectsStartup()) {
                packets.feed(chunk);
                startup();
            } else {
                messages.feed(chunk);
            }
            messages();
        } catch (ProtocolViolation violation) {
            broken = true;
            session.handle(new SessionEvent.ClientViolated(violation.error()));
        }
    }

    private void startup() {
        while (session.expectsStartup()) {
            Frame packet;
            try {
                packet = packets.poll();
            } catch (ProtocolViolation noPacket) {
                // As Postgres: whoever does not speak the protocol is told nothing in it. node-postgres says Terminate
                // as its
                // first word where a client is ended before it has begun, and an answer would be an error that nobody
                // expects.
                broken = true;
                session.handle(new SessionEvent.ClientClosed());
                return;
            }
            if (packet == null) {
                return;
            }
            session.startupPacket(packet, packets.buffered() > 0);
        }
        messages.feed(packets.takeRest());
    }

    private void messages() {
        while (!session.expectsStartup()) {
            messages.stranger(session.expectsProof());
            Frame message = messages.poll();
            if (message == null) {
                return;
            }
            session.fromClient(message);
        }
    }

    @Override
    public void close() {
        broken = true;
        packets.close();
        messages.close();
    }
}
