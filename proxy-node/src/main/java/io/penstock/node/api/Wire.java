package io.penstock.node.api;

import io.penstock.adapters.ApiCall;
import io.penstock.config.Endpoint;
import io.penstock.node.control.ControlMetrics;
import io.penstock.node.control.Permits;
import io.penstock.node.control.Token;
import io.penstock.node.control.Tokens;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One account's client, permits and tokens, and what it means to a user when one of them fails. */
record Wire(Account account, ApiClient client, Permits permits, Tokens tokens, ControlMetrics metrics) {
    CompletionStage<Tokens.Answer> token(long refused, long deadline) {
        return tokens.token(refused, left(deadline));
    }

    /** What is left until then, at least a moment: a question that cannot wait at all gets no answer. */
    Duration left(long deadline) {
        return Duration.ofMillis(Math.max(1, deadline - permits.now()));
    }

    /** One HTTP exchange with what the API says about its limits noted. */
    CompletionStage<Exchange> exchange(ApiCall call, Token token) {
        long began = permits.now();
        return client.send(
                        base(token),
                        call,
                        account.adapter().authorization(token.access().reveal()),
                        account.settings().timeouts().request())
                .thenApply(exchange -> {
                    double seconds = (permits.now() - began) / 1_000.0;
                    switch (exchange) {
                        case Exchange.Answered(var response) -> {
                            metrics.call(account.name(), "answered", seconds);
                            permits.observed(account.adapter().limits(response));
                        }
                        case Exchange.NotSent _ -> metrics.call(account.name(), "not_sent", seconds);
                        case Exchange.Lost _ -> metrics.call(account.name(), "lost", seconds);
                    }
                    return exchange;
                });
    }

    /** What is wrong with the place that the token is for, or null: a token does not travel in the clear. */
    @Nullable
    PgError unfit(Token token) {
        URI base = account.settings().baseUrl();
        String text = base == null ? token.baseUrl() : base.toString();
        URI uri = text == null ? null : parse(text);
        if (uri == null || uri.getHost() == null) {
            return unreachable(
                    "The login server did not say where the account is, and neither does the configuration.");
        }
        boolean local = new Endpoint(uri.getHost().replaceAll("[\\[\\]]", ""), 0).isLoopback();
        return "https".equals(uri.getScheme()) || local
                ? null
                : unreachable("The login server named a place without TLS.");
    }

    private URI base(Token token) {
        URI base = account.settings().baseUrl();
        return base == null ? URI.create(String.valueOf(token.baseUrl())) : base;
    }

    private static @Nullable URI parse(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException noUrl) {
            return null;
        }
    }

    PgError limited(Permits.Denied denied) {
        return ErrorCode.API_RATE_LIMITED
                .error(api())
                .withDetail("Limit \"" + denied.bucket() + "\" of account " + account.name()
                        + " leaves no call within the statement's time; retry_after_ms="
                        + denied.retryAfter().toMillis() + ".");
    }

    /** Why there is no token. */
    PgError withoutToken(Tokens.Answer answer) {
        return switch (answer) {
            case Tokens.Revoked(String code, String message) ->
                ErrorCode.API_CREDENTIALS
                        .error(api(), account.name())
                        .withDetail(sentence(message))
                        .withConstraint(api() + ":" + code);
            case Tokens.Unavailable(String message, Duration retryAfter) ->
                ErrorCode.API_UNAVAILABLE
                        .error(api())
                        .withDetail(
                                sentence(message) + " No access token; retry_after_ms=" + retryAfter.toMillis() + ".");
            case Tokens.Handed _ -> throw new IllegalArgumentException("there is a token");
        };
    }

    PgError unreachable(String reason) {
        return ErrorCode.API_UNREACHABLE.error(api()).withDetail(sentence(reason));
    }

    String api() {
        return account.adapter().api();
    }

    private static String sentence(String text) {
        String capital = text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
        return capital.endsWith(".") ? capital : capital + ".";
    }
}
