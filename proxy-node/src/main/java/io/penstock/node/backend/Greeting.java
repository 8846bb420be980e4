package io.penstock.node.backend;

import io.penstock.protocol.message.BackendMessage.BackendKeyData;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server tells at the end of a login.
 *
 * @param key what a CancelRequest must carry; null from a server (a pooler) that does not do cancel
 * @param parameters the settings that it reports, by name
 */
public record Greeting(@Nullable BackendKeyData key, Map<String, String> parameters) {
    public Greeting {
        parameters = Map.copyOf(parameters);
    }
}
