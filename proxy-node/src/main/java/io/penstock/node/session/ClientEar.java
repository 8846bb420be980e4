package io.penstock.node.session;

import io.penstock.node.pool.SharedListener;
import io.penstock.node.pool.SharedListeners;
import io.penstock.protocol.pooling.ClientListening;
import io.penstock.protocol.pooling.ListenerRequests;
import io.penstock.protocol.pooling.Notification;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Connects what a client listens to with the listener that it shares with others. Used on the client's event loop, unless said otherwise. */
final class ClientEar implements ListenerRequests, SharedListener.Client {
    private final ServerSide.Owner owner;
    private final SharedListeners listeners;
    private @Nullable ClientListening client;
    private @Nullable SharedListener listener;
    private String encoding = "";

    ClientEar(ServerSide.Owner owner, SharedListeners listeners) {
        this.owner = owner;
        this.listeners = listeners;
    }

    /** Whom it tells. */
    void of(ClientListening listening) {
        client = listening;
    }

    // ---- what the client wants ----

    @Override
    public void reserve(String inEncoding, List<String> channels) {
        SharedListener chosen = listener;
        if (chosen == null) {
            chosen = listeners.of(inEncoding);
            listener = chosen;
            encoding = inEncoding;
        }
        if (encoding.equals(inEncoding)) {
            chosen.reserve(this, channels);
        } else {
            answered(false); // what it has listened to so far it hears in another one
        }
    }

    @Override
    public void fence() {
        if (listener == null) {
            answered(false);
        } else {
            listener.fence(this);
        }
    }

    @Override
    public void leave(Set<String> channels) {
        if (listener != null) {
            listener.leave(this, channels);
        }
    }

    /** The client has gone. */
    void close() {
        client = null;
        if (listener != null) {
            listener.leave(this);
        }
    }

    // ---- the listener; on its loop ----

    @Override
    public void answered(boolean granted) {
        tell(listening -> listening.answered(granted));
    }

    @Override
    public void heard(Notification notification) {
        tell(listening -> listening.heard(notification));
    }

    @Override
    public void listenerLost() {
        tell(ClientListening::lost);
    }

    private void tell(Consumer<ClientListening> event) {
        owner.asEvent(() -> {
            if (client != null) {
                event.accept(client);
            }
        });
    }
}
