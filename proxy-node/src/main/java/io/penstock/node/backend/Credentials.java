package io.penstock.node.backend;

import io.penstock.protocol.auth.ScramKeys;

/** What proves to a server who logs in. */
public sealed interface Credentials {
    /** Nothing: the server trusts, or knows us by address. */
    record None() implements Credentials {}

    /** A password, for whichever method the server asks for. */
    record Password(String password) implements Credentials {
        /** For logs. */
        @Override
        public String toString() {
            return "Password[]";
        }
    }

    /** The SCRAM keys that the user's own login has left: whoever logged in here logs in there as itself. */
    record Keys(ScramKeys keys) implements Credentials {}
}
