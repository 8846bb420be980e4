package io.penstock.node.api;

import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Grant;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.config.ApiSettings;
import io.penstock.config.Secret;
import io.penstock.node.control.ControlMetrics;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks the login server of one account for a new access token. Whoever calls it sees to it that nobody else does at the same time. */
public final class LoginClient {
    /** Well below {@link io.penstock.node.control.CredentialStore#CLAIM_LIFE}, which keeps others away. */
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final ApiClient client;
    private final Account account;
    private final ControlMetrics metrics;

    public LoginClient(ApiClient client, Account account, ControlMetrics metrics) {
        this.client = client;
        this.account = account;
        this.metrics = metrics;
    }

    /** Never fails: what went wrong is {@link TokenAnswer.Failed}. */
    public CompletionStage<TokenAnswer> refresh(Secret refreshToken) {
        ApiSettings settings = account.settings();
        return switch (account.adapter().auth()) {
            case AuthDescriptor.StaticToken() ->
                CompletableFuture.completedFuture(
                        new TokenAnswer.Revoked("static_token", "The account's token cannot be refreshed."));
            case AuthDescriptor.OAuthRefresh oauth -> {
                metrics.refresh(account.name());
                String clientId = settings.oauth().clientId();
                Secret clientSecret = settings.oauth().clientSecret();
                TokenRequest request = account.adapter()
                        .refresh(new Grant(
                                clientId == null ? "" : clientId,
                                clientSecret == null ? null : clientSecret.reveal(),
                                refreshToken.reveal()));
                URI usual = URI.create(oauth.defaultTokenUrl());
                URI login = settings.loginUrl();
                // The account's own login server, by the path that the API has for it.
                URI uri = login == null ? usual : URI.create(login + usual.getRawPath());
                yield client.send(uri, "POST", request.headers(), request.body(), WITHIN)
                        .thenApply(this::answer);
            }
        };
    }

    private TokenAnswer answer(Exchange exchange) {
        return switch (exchange) {
            case Exchange.Answered(var response) -> account.adapter().parseToken(response);
            case Exchange.NotSent(String reason) -> new TokenAnswer.Failed("The login server: " + reason + ".");
            case Exchange.Lost(String reason) -> new TokenAnswer.Failed("The login server: " + reason + ".");
        };
    }
}
