package io.penstock.node.transport;

import io.netty.channel.ChannelFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Netty's futures as the JDK's. */
final class Futures {
    private Futures() {}

    static <T extends @Nullable Object> CompletionStage<T> stage(
            ChannelFuture future, Function<ChannelFuture, T> result) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        future.addListener(done -> {
            if (done.isSuccess()) {
                stage.complete(result.apply(future));
            } else {
                stage.completeExceptionally(done.cause());
            }
        });
        return stage;
    }
}
