package io.penstock.node;

import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.definition.BuiltIn;
import io.penstock.adapters.definition.Definition;
import io.penstock.adapters.definition.DefinitionAdapter;
import io.penstock.adapters.github.AppSigner;
import io.penstock.adapters.github.GitHubAdapter;
import io.penstock.adapters.github.GitHubAuth;
import io.penstock.adapters.github.GitHubSettings;
import io.penstock.adapters.salesforce.SalesforceAdapter;
import io.penstock.adapters.salesforce.SalesforceSettings;
import io.penstock.config.ApiSettings;
import io.penstock.config.OAuthSettings;
import io.penstock.config.Secret;
import io.penstock.node.api.Account;
import io.penstock.node.api.DefinitionFile;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
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
            case GITHUB -> github(settings);
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

    private static Account github(ApiSettings settings) throws IOException {
        Duration server = settings.timeouts().server();
        return new Account(
                settings.orBaseUrl(GitHubSettings.BASE_URL),
                new GitHubAdapter(new GitHubSettings(
                        gitHubAuth(settings),
                        server == null ? GitHubSettings.SERVER_TIMEOUT : server,
                        InstantSource.system())));
    }

    private static GitHubAuth gitHubAuth(ApiSettings settings) throws IOException {
        OAuthSettings oauth = settings.oauth();
        Secret refreshToken = oauth.refreshToken();
        Long installation = oauth.installation();
        if (refreshToken == null) {
            return new GitHubAuth.PersonalToken();
        }
        if (installation == null) {
            return new GitHubAuth.User();
        }
        try {
            // now, since the first statement would be late to find out
            new AppSigner(String.valueOf(oauth.clientId()), refreshToken.reveal());
            return new GitHubAuth.Installation(installation);
        } catch (IllegalArgumentException unfit) {
            throw new IOException("penstock.apis." + settings.name() + ".oauth: " + unfit.getMessage(), unfit);
        }
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
