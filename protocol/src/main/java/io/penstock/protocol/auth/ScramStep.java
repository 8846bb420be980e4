package io.penstock.protocol.auth;

import io.penstock.protocol.error.PgError;

/** What a server answers to a message of a SCRAM exchange. */
public sealed interface ScramStep {

    /** Send it as AuthenticationSASLContinue and wait for the client. */
    record Continue(byte[] data) implements ScramStep {
        @Override
        public String toString() {
            return "Continue[" + data.length + " bytes]";
        }
    }

    /** Send it as AuthenticationSASLFinal: the client has proved that it knows the password. */
    record Accepted(byte[] data, ScramKeys keys) implements ScramStep {
        @Override
        public String toString() {
            return "Accepted[]";
        }
    }

    /** Send the error and close. */
    record Refused(PgError error) implements ScramStep {}
}
