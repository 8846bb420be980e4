package io.penstock.node;

import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.definition.BuiltIn;
import io.penstock.adapters.definition.Definition;
import io.penstock.adapters.definition.DefinitionAdapter;
import io.penstock.adapters.salesforce.SalesforceAdapter;
import io.penstock.adapters.salesforce.SalesforceSettings;
import io.penstock.config.ApiSettings;
import io.penstock.node.api.Account;
import io.penstock.node.api.DefinitionFile;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Finds the adapter of a configured API account. */
final class Accounts {
    private Accounts() {}

    /** @throws IOException where the account's definition cannot be read, with everything that is wrong with it */
    static Account of(ApiSettings settings) throws IOException {
        return switch (settings.type()) {
            case SALESFORCE -> salesforce(settings);
            case HUBSPOT -> defined(settings, BuiltIn.definition("hubspot"));
            case AIRTABLE -> defined(settings, BuiltIn.definition("airtable"));
            case STRIPE -> defined(settings, BuiltIn.definition("stripe"));
            case DEFINITION -> defined(settings, DefinitionFile.of(settings));
        };
    }

    private static Account salesforce(ApiSettings settings) {
        Duration server = settings.timeouts().server();
        return new Account(
                settings,
                new SalesforceAdapter(new SalesforceSettings(
                        "v" + settings.version(),
                        server == null ? SalesforceSettings.DEFAULT.serverTimeout() : server)));
    }

    private static Account defined(ApiSettings settings, Definition definition) {
        Duration server = settings.timeouts().server();
        boolean staticToken = settings.oauth().refreshToken() == null;
        return new Account(
                settings.orBaseUrl(URI.create(definition.baseUrl().replaceFirst("/+$", ""))),
                new DefinitionAdapter(server == null ? definition : definition.withServerTimeout(server), staticToken));
    }

    static @Nullable Duration refreshBefore(AuthDescriptor auth) {
        return switch (auth) {
            case AuthDescriptor.StaticToken() -> null;
            case AuthDescriptor.OAuthRefresh refresh -> refresh.refreshBefore();
        };
    }
}
