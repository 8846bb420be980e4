package io.penstock.node.session;

import io.penstock.config.AddressRange;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets in to a database.
 *
 * @param allow from where; empty for anywhere
 * @param reserved the name that is the writer's alone; null where there is none
 * @param roles who is asked for verifiers, where that is Postgres
 */
public record DatabaseDoor(
        List<AddressRange> allow,
        @Nullable String reserved,
        @Nullable RoleLookup roles) {
    /** For everybody. */
    public static final DatabaseDoor OPEN = new DatabaseDoor(List.of(), null, null);

    boolean admits(String user, InetAddress address) {
        return !user.equals(reserved) && AddressRange.admits(allow, address);
    }
}
