package io.penstock.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may try to sign in at a node.
 *
 * @param allow from where; empty for anywhere
 * @param connectionsPerAddress how many connections one address may have at the same time
 * @param failuresPerMinute after how many wrong passwords in a minute an address is turned away for as long; 0 for never
 * @param usersFile null where all users stand in the configuration
 */
public record SignInSettings(
        List<AddressRange> allow,
        int connectionsPerAddress,
        int failuresPerMinute,
        @Nullable UsersFromFile usersFile) {
    /** From anywhere, as often as one likes. */
    public static final SignInSettings OPEN = new SignInSettings(List.of(), Integer.MAX_VALUE, 0);

    /** Without a users file. */
    public SignInSettings(List<AddressRange> allow, int connectionsPerAddress, int failuresPerMinute) {
        this(allow, connectionsPerAddress, failuresPerMinute, null);
    }

    public SignInSettings {
        allow = List.copyOf(allow);
        if (connectionsPerAddress < 1 || failuresPerMinute < 0) {
            throw new IllegalArgumentException("a limit must leave room for one client");
        }
    }
}
