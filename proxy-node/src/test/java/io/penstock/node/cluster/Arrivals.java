package io.penstock.node.cluster;

import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.server.ReceivedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** When requests came to a sandbox, oldest first: what an API would count. */
record Arrivals(List<ReceivedRequest> requests) {
    static Arrivals since(Sandbox sandbox, Instant mark) {
        return new Arrivals(sandbox.requests().stream()
                .filter(request -> !request.time().isBefore(mark))
                .toList());
    }

    int count() {
        return requests.size();
    }

    Instant time(int index) {
        return requests.get(index).time();
    }

    /** Those before that time. */
    Arrivals before(Instant end) {
        return new Arrivals(requests.stream()
                .filter(request -> request.time().isBefore(end))
                .toList());
    }

    /** The most that came in any window of this length, wherever it begins. */
    int mostIn(Duration window) {
        int most = 0;
        int first = 0;
        for (int last = 0; last < count(); last++) {
            while (!time(first).plus(window).isAfter(time(last))) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    /** Of what a limit allows in the long run, the share that came: as many windows full as there are, by the time that they took. */
    double use(int limit, Duration window) {
        int windows = (count() - 1) / limit;
        Duration took = Duration.between(time(0), time(windows * limit));
        return (double) window.toNanos() * windows / took.toNanos();
    }
}
