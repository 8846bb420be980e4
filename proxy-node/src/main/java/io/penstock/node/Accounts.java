package io.penstock.node;

import io.penstock.adapters.Adapter;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.salesforce.SalesforceAdapter;
import io.penstock.adapters.salesforce.SalesforceSettings;
import io.penstock.config.ApiSettings;
import io.penstock.node.api.Account;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Finds the adapter of a configured API account. */
final class Accounts {
    private Accounts() {}

    static Account of(ApiSettings settings) {
        Adapter adapter = switch (settings.type()) {
            case SALESFORCE ->
                new SalesforceAdapter(new SalesforceSettings(
                        "v" + settings.version(), settings.timeouts().server()));
        };
        return new Account(settings, adapter);
    }

    static @Nullable Duration refreshBefore(AuthDescriptor auth) {
        return switch (auth) {
            case AuthDescriptor.StaticToken() -> null;
            case AuthDescriptor.OAuthRefresh refresh -> refresh.refreshBefore();
        };
    }
}
