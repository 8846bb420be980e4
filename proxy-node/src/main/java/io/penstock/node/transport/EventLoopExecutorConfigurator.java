package io.penstock.node.transport;

import com.typesafe.config.Config;
import io.netty.channel.EventLoop;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/** Makes a Pekko dispatcher run on one of {@link EventLoops}; Pekko creates it by the name in the dispatcher's configuration. */
public final class EventLoopExecutorConfigurator extends ExecutorServiceConfigurator {
    private final EventLoop loop;

    public EventLoopExecutorConfigurator(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        this.loop = EventLoops.find(config.getString("event-loop-group"), config.getInt("event-loop"));
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
        return () -> new EventLoopExecutor(loop);
    }
}
