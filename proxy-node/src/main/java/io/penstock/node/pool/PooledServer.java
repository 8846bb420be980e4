package io.penstock.node.pool;

import io.netty.channel.EventLoop;
import io.penstock.node.backend.CancelSender;
import io.penstock.node.backend.ServerLink;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.NoticeResponse;
import io.penstock.protocol.message.BackendMessage.ParameterStatus;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.pooling.CatalogChanges;
import io.penstock.protocol.pooling.ServerContents;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A server connection of a {@link ServerPool}, with what outlives its clients. Used on its own event loop only. */
public final class PooledServer {
    /** Of a server that does not tell. */
    private static final int NO_PROCESS = 0;

    private final ServerLink link;
    private final Map<String, String> parameters;
    private final ServerContents contents;
    private List<NoticeResponse> notices;
    private @Nullable CompletableFuture<Void> cancel;

    @Nullable
    PoolMember<PooledServer> member;

    /** @param preparedBytes how much prepared statements may take on it, roughly */
    PooledServer(ServerLink link, CatalogChanges catalog, long preparedBytes) {
        this.link = link;
        this.notices = link.greeting().notices();
        var key = link.greeting().key();
        this.contents = new ServerContents(
                key == null ? NO_PROCESS : key.processId(),
                catalog,
                link.greeting().parameters(),
                preparedBytes);
        this.parameters = new LinkedHashMap<>(link.greeting().parameters());
    }

    public ServerLink link() {
        return link;
    }

    /** What the server said during the login, for the first client: the others have not caused it. */
    public List<NoticeResponse> takeNotices() {
        List<NoticeResponse> taken = notices;
        notices = List.of();
        return taken;
    }

    EventLoop eventLoop() {
        return link.eventLoop();
    }

    /** The settings that the server reports, as it told them last. */
    public Map<String, String> parameters() {
        return parameters;
    }

    /** What clients in transaction mode have left there for one another. */
    public ServerContents contents() {
        return contents;
    }

    /** A message of the server passes, and is not taken. */
    public void saw(Frame frame) {
        if (frame.is(BackendType.PARAMETER_STATUS)) {
            ParameterStatus changed = (ParameterStatus) BackendMessages.decode(frame);
            parameters.put(changed.name(), changed.value());
            contents.reported(changed.name(), changed.value());
        }
    }

    /** Asks the server to cancel what it runs. Until the request has been delivered the connection is not given to anybody else. */
    public CompletionStage<Void> cancel(CancelSender sender) {
        var key = link.greeting().key();
        if (key == null) {
            return CompletableFuture.completedFuture(null); // a server that does not do cancel
        }
        CompletableFuture<Void> sent =
                sender.send(link.serverAddress(), key, eventLoop()).toCompletableFuture();
        cancel = cancel == null ? sent : CompletableFuture.allOf(cancel, sent);
        return sent;
    }

    /** Done when no cancel request can reach the server any more; fails where that cannot be known. Null if there was none. */
    @Nullable
    CompletableFuture<Void> takeCancel() {
        CompletableFuture<Void> under = cancel;
        cancel = null;
        return under;
    }
}
