package io.penstock.node.control;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What talking to the APIs costs, counted by account. */
public final class ControlMetrics {
    private final Counter calls;
    private final Counter retries;
    private final Counter refreshes;
    private final Counter permits;
    private final Counter tokens;
    private final Counter questions;
    private final Histogram callSeconds;

    public ControlMetrics(PrometheusRegistry registry) {
        calls = Counter.builder()
                .name("penstock_api_calls_total")
                .help("HTTP requests to an API, by what became of them")
                .labelNames("account", "outcome")
                .register(registry);
        retries = Counter.builder()
                .name("penstock_api_retries_total")
                .help("Calls sent again because the API said that it applied nothing")
                .labelNames("account", "reason")
                .register(registry);
        refreshes = Counter.builder()
                .name("penstock_api_token_refreshes_total")
                .help("Requests to the login server by this node")
                .labelNames("account")
                .register(registry);
        permits = Counter.builder()
                .name("penstock_api_permits_total")
                .help("Permits: held by this node already, asked of the limiter, or denied")
                .labelNames("account", "how")
                .register(registry);
        tokens = Counter.builder()
                .name("penstock_api_tokens_total")
                .help("Access tokens for calls: held by this node already, or asked of the token keeper")
                .labelNames("account", "how")
                .register(registry);
        questions = Counter.builder()
                .name("penstock_control_messages_total")
                .help("Messages from this node to a limiter or a token keeper, wherever that is")
                .labelNames("account", "to")
                .register(registry);
        callSeconds = Histogram.builder()
                .name("penstock_api_call_seconds")
                .help("From the first byte sent to the last byte of the answer")
                .labelNames("account")
                .register(registry);
    }

    /** @param outcome {@code answered}, {@code not_sent} or {@code lost} */
    public void call(String account, String outcome, double seconds) {
        calls.labelValues(account, outcome).inc();
        callSeconds.labelValues(account).observe(seconds);
    }

    /** @param reason {@code token} or {@code limit} */
    public void retry(String account, String reason) {
        retries.labelValues(account, reason).inc();
    }

    public void refresh(String account) {
        refreshes.labelValues(account).inc();
    }

    /** @param how {@code held}, {@code asked} or {@code denied} */
    void permit(String account, String how) {
        permits.labelValues(account, how).inc();
    }

    /** @param how {@code held} or {@code asked} */
    void token(String account, String how) {
        tokens.labelValues(account, how).inc();
    }

    /** @param to {@code limiter} or {@code keeper} */
    void question(String account, String to) {
        questions.labelValues(account, to).inc();
    }

    public double calls(String account, String outcome) {
        return calls.labelValues(account, outcome).get();
    }

    public double refreshes(String account) {
        return refreshes.labelValues(account).get();
    }

    public double permits(String account, String how) {
        return permits.labelValues(account, how).get();
    }

    public double tokens(String account, String how) {
        return tokens.labelValues(account, how).get();
    }

    public double questions(String account, String to) {
        return questions.labelValues(account, to).get();
    }
}
