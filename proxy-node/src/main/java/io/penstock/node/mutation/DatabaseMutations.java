package io.penstock.node.mutation;

import io.penstock.protocol.session.MutationRequest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The mutations of one session of a database whose synced tables may not be ready yet: a session may begin before the API has described them,
 * and goes on when it has.
 */
public final class DatabaseMutations implements MutationRunner {
    private final ConfiguredTables configured;
    private final Supplier<@Nullable MutationServices> services;
    private @Nullable SessionMutations ready;

    /** @param services null until the tables are ready; asked for each statement until then */
    public DatabaseMutations(ConfiguredTables configured, Supplier<@Nullable MutationServices> services) {
        this.configured = configured;
        this.services = services;
    }

    @Override
    public Running start(MutationRequest request, Session session) {
        SessionMutations mutations = ready;
        if (mutations == null) {
            MutationServices known = services.get();
            if (known == null) {
                UnreadyRun run = new UnreadyRun(configured, request, session);
                session.loop().execute(run::begin);
                return run;
            }
            mutations = new SessionMutations(known);
            ready = mutations;
        }
        return mutations.start(request, session);
    }
}
