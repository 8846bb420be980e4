package io.penstock.protocol.pooling;

import java.util.List;
import java.util.Set;

/**
 * What a client in transaction mode asks of the listener that it shares with others: a connection to the same database that listens for all of
 * them. The answers are {@link ClientListening#answered}, in order; notifications are told by {@link ClientListening#heard}.
 */
public interface ListenerRequests {
    /**
     * Listen to these, too: everything that is committed after the answer will be heard.
     *
     * @param encoding the client's, in which it wants names and payloads
     */
    void reserve(String encoding, List<String> channels);

    /** Everything that was committed before shall be heard before the answer. */
    void fence();

    /** The client wants no more of these. */
    void leave(Set<String> channels);
}
