package io.penstock.protocol.sql;

import io.penstock.protocol.sql.Classified.Relay;

/** One shared answer for each command, so that a relayed statement allocates none. */
final class Relays {
    private static final Relay[] BY_COMMAND = new Relay[Command.values().length];

    static {
        for (Command command : Command.values()) {
            BY_COMMAND[command.ordinal()] = new Relay(command);
        }
    }

    private Relays() {}

    static Relay of(Command command) {
        return BY_COMMAND[command.ordinal()];
    }
}
