package io.penstock.sandbox.helpdesk;

import java.time.Clock;
import java.time.Duration;

/**
 * What a helpdesk sandbox is started with.
 *
 * @param port 0 takes a free one
 * @param latency what every API request takes at least
 * @param key what a request proves itself with
 * @param perSecond requests in any second
 * @param tickets how many demo tickets there are at the start
 */
public record HelpdeskConfig(
        String host, int port, Duration latency, Clock clock, String key, long perSecond, int tickets) {
    public static HelpdeskConfig defaults() {
        return new HelpdeskConfig("127.0.0.1", 0, Duration.ZERO, Clock.systemUTC(), "hd_sandbox_key", 20, 30);
    }

    public HelpdeskConfig withPort(int number) {
        return new HelpdeskConfig(host, number, latency, clock, key, perSecond, tickets);
    }

    public HelpdeskConfig withLatency(Duration each) {
        return new HelpdeskConfig(host, port, each, clock, key, perSecond, tickets);
    }

    public HelpdeskConfig withPerSecond(long requests) {
        return new HelpdeskConfig(host, port, latency, clock, key, requests, tickets);
    }

    public HelpdeskConfig withTickets(int demo) {
        return new HelpdeskConfig(host, port, latency, clock, key, perSecond, demo);
    }
}
