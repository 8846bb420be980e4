package io.penstock.node.mutation;

import io.penstock.protocol.session.MutationRequest;
import org.jspecify.annotations.Nullable;

/** The mutations of one session, and what one of them leaves for the next: whether the client has been warned in this transaction. */
public final class SessionMutations implements MutationRunner {
    private final MutationServices services;
    private @Nullable String warnedTransaction;

    public SessionMutations(MutationServices services) {
        this.services = services;
    }

    @Override
    public Running start(MutationRequest request, Session session) {
        MutationRun run = new MutationRun(services, this, request, session);
        session.loop().execute(run::begin);
        return run;
    }

    /** True for the first mutation of each transaction. */
    boolean warn(String transactionStart) {
        boolean first = !transactionStart.equals(warnedTransaction);
        warnedTransaction = transactionStart;
        return first;
    }
}
