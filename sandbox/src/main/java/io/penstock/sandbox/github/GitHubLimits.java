package io.penstock.sandbox.github;

import io.penstock.sandbox.server.RateWindow;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** The primary limits, which an hour resets, and the secondary ones, which roll. */
final class GitHubLimits {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Clock clock;
    private final Set<SandboxRequest> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
    private GitHubConfig.Limits limits;
    private Hour rest;
    private Hour graphQl;
    private RateWindow createdInMinute;
    private RateWindow createdInHour;
    private RateWindow restPoints;
    private RateWindow graphQlPoints;

    GitHubLimits(Clock clock, GitHubConfig.Limits limits) {
        this.clock = clock;
        this.limits = limits;
        this.rest = new Hour("core", limits.restPerHour());
        this.graphQl = new Hour("graphql", limits.graphQlPerHour());
        this.createdInMinute = new RateWindow(limits.createdPerMinute(), MINUTE);
        this.createdInHour = new RateWindow(limits.createdPerHour(), HOUR);
        this.restPoints = new RateWindow(limits.restPoints(), MINUTE);
        this.graphQlPoints = new RateWindow(limits.graphQlPoints(), MINUTE);
    }

    /** A primary limit: an hour begins with the first request after the last one ended. */
    final class Hour {
        private final String resource;
        private final int most;
        private Instant ends = Instant.EPOCH;
        private int used;

        Hour(String resource, int most) {
            this.resource = resource;
            this.most = most;
        }

        private void turn() {
            Instant now = clock.instant();
            if (!now.isBefore(ends)) {
                ends = now.plus(HOUR);
                used = 0;
            }
        }

        /** Whether one more fits; it is counted when it does. */
        boolean take() {
            turn();
            if (most > 0 && used >= most) {
                return false;
            }
            used++;
            return true;
        }

        /** A request that turned out to be free, as one answered 304. */
        void giveBack() {
            used--;
        }

        int limit() {
            return most == 0 ? 5_000 : most;
        }

        int used() {
            turn();
            return used;
        }

        int remaining() {
            return Math.max(0, limit() - used());
        }

        Instant resets() {
            turn();
            return ends;
        }

        SandboxResponse show(SandboxResponse response) {
            return response.withHeader("x-ratelimit-limit", Integer.toString(limit()))
                    .withHeader("x-ratelimit-remaining", Integer.toString(remaining()))
                    .withHeader("x-ratelimit-used", Integer.toString(used()))
                    .withHeader("x-ratelimit-reset", Long.toString(resets().getEpochSecond()))
                    .withHeader("x-ratelimit-resource", resource);
        }
    }

    GitHubConfig.Limits limits() {
        return limits;
    }

    /** Other limits from now on; what was used is forgotten. */
    void limits(GitHubConfig.Limits other) {
        limits = other;
        rest = new Hour("core", other.restPerHour());
        graphQl = new Hour("graphql", other.graphQlPerHour());
        createdInMinute = new RateWindow(other.createdPerMinute(), MINUTE);
        createdInHour = new RateWindow(other.createdPerHour(), HOUR);
        restPoints = new RateWindow(other.restPoints(), MINUTE);
        graphQlPoints = new RateWindow(other.graphQlPoints(), MINUTE);
    }

    Hour rest() {
        return rest;
    }

    Hour graphQl() {
        return graphQl;
    }

    /** Fails when too many requests are under way; otherwise this one is, too. */
    void begin(SandboxRequest request) {
        if (limits.concurrent() > 0 && underWay.size() >= limits.concurrent()) {
            throw secondary("");
        }
        underWay.add(request);
    }

    void finished(SandboxRequest request) {
        underWay.remove(request);
    }

    /** Fails when the points of the minute are used up. */
    void points(boolean byGraphQl, boolean writes) {
        RateWindow window = byGraphQl ? graphQlPoints : restPoints;
        int points = writes ? 5 : 1;
        if (window.most() == 0) {
            return;
        }
        Instant now = clock.instant();
        if (window.remaining(now) < points) {
            throw secondary(". Please wait a few minutes before you try again. If you reach out to GitHub Support for"
                    + " help, please include the request ID.");
        }
        for (int i = 0; i < points; i++) {
            window.take(now);
        }
    }

    /** Whether one more content may be made; it is counted when it may. */
    boolean create() {
        Instant now = clock.instant();
        boolean minute = createdInMinute.most() == 0 || createdInMinute.remaining(now) > 0;
        boolean hour = createdInHour.most() == 0 || createdInHour.remaining(now) > 0;
        if (minute && hour) {
            createdInMinute.take(now);
            createdInHour.take(now);
        }
        return minute && hour;
    }

    static GitHubException createdTooMuch() {
        return secondary(" and have been temporarily blocked from content creation. Please retry your request again"
                + " later.");
    }

    private static GitHubException secondary(String why) {
        return GitHubException.secondaryLimit(403, why, 60);
    }

    void reset(GitHubConfig.Limits first) {
        limits(first);
        underWay.clear();
    }
}
