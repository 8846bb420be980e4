package io.penstock.node.api;

import io.penstock.adapters.Adapter;
import io.penstock.config.ApiSettings;

/** One account at one API: what configuration says of it, and who knows how to speak to it. */
public record Account(ApiSettings settings, Adapter adapter) {
    /** The key of its limiter and its token keeper. */
    public String name() {
        return settings.name();
    }
}
