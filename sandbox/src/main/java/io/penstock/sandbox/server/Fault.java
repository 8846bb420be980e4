package io.penstock.sandbox.server;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** One way in which a request can go wrong. A fault decides whether the API applied the request and what of its answer arrives. */
public sealed interface Fault {
    /** Whether the API has applied the request when the fault strikes. */
    enum Moment {
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    /** The API answers with an error status of its own; after the commit that is the lie that 500 and 504 sometimes are. */
    record Status(int status, Moment moment) implements Fault {
        public Status {
            if (status < 100 || status > 599) {
                throw new IllegalArgumentException("not an HTTP status: " + status);
            }
        }
    }

    /** Whatever answer somebody in front of the API may give: a redirect, a Retry-After that nobody can read, JSON without end. */
    record Answer(int status, Map<String, String> headers, String contentType, String body, Moment moment)
            implements Fault {
        public Answer {
            headers = Map.copyOf(headers);
            if (status < 100 || status > 599) {
                throw new IllegalArgumentException("not an HTTP status: " + status);
            }
        }
    }

    /** Nothing happens for a while, then the request goes on as it would have. */
    record Hang(Duration time, Moment moment) implements Fault {}

    /** The connection is closed without a byte of an answer. */
    record Drop(Moment moment) implements Fault {}

    /** The connection is reset (RST) without a byte of an answer. */
    record Reset(Moment moment) implements Fault {}

    /** Applied; headers and half of the body arrive, then the connection closes. */
    record HalfBody() implements Fault {}

    /** Applied; Content-Length is smaller than the body, so that a stray tail lies on the connection. */
    record WrongLength() implements Fault {}

    /** Applied; status 200 with an HTML page, as a proxy in between says it. */
    record HtmlPage() implements Fault {}

    /** Applied; the right status with a body that is no JSON. */
    record InvalidJson() implements Fault {}

    /** Applied; the right status with a JSON body of this many bytes. */
    record HugeJson(int bytes) implements Fault {}

    /** The whole request takes this much longer. */
    record Latency(Duration time) implements Fault {}

    /** Every record that the request would write is refused with this error of the API, such as UNABLE_TO_LOCK_ROW. */
    record RefuseRecords(String code, String message) implements Fault {}

    /** The name of the fault for the page and the log, such as {@code drop after_commit}. */
    default String describe() {
        return switch (this) {
            case Status status -> "status " + status.status() + " " + of(status.moment());
            case Answer answer -> "answer " + answer.status() + " " + of(answer.moment());
            case Hang hang -> "hang " + hang.time().toMillis() + " ms " + of(hang.moment());
            case Drop drop -> "drop " + of(drop.moment());
            case Reset reset -> "reset " + of(reset.moment());
            case HalfBody half -> "half_body";
            case WrongLength wrong -> "wrong_length";
            case HtmlPage page -> "html_page";
            case InvalidJson invalid -> "invalid_json";
            case HugeJson huge -> "huge_json " + huge.bytes();
            case Latency latency -> "latency " + latency.time().toMillis() + " ms";
            case RefuseRecords refuse -> "refuse_records " + refuse.code();
        };
    }

    private static String of(Moment moment) {
        return moment.name().toLowerCase(Locale.ROOT);
    }
}
