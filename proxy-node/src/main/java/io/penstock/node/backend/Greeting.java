package io.penstock.node.backend;

import io.penstock.protocol.message.BackendMessage.BackendKeyData;
import io.penstock.protocol.message.BackendMessage.NoticeResponse;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server tells at the end of a login.
 *
 * @param key what a CancelRequest must carry; null from a server (a pooler) that does not do cancel
 * @param parameters the settings that it reports, by name, in its order
 * @param notices what it had to say meanwhile: that the database's collation has another version, or what a login trigger raised
 */
public record Greeting(@Nullable BackendKeyData key, Map<String, String> parameters, List<NoticeResponse> notices) {
    public Greeting {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        notices = List.copyOf(notices);
    }

    /** One without notices. */
    public Greeting(@Nullable BackendKeyData key, Map<String, String> parameters) {
        this(key, parameters, List.of());
    }
}
