package io.penstock.config;

import org.jspecify.annotations.Nullable;

/**
 * Where a server listens or is reached: {@code 127.0.0.1:6432}, {@code [::1]:6432}, {@code db.internal:5432}. Port 0 lets the system choose.
 *
 * @param host a name or a literal address, without brackets
 */
public record Endpoint(String host, int port) {
    public Endpoint {
        if (host.isEmpty() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("not a host and port: " + host + ":" + port);
        }
    }

    /** The endpoint that the text names, or null where it names none. */
    public static @Nullable Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 1 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            return null;
        }
        String digits = text.substring(colon + 1);
        if (host.isEmpty()
                || digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(Endpoint::isDigit)) {
            return null;
        }
        int port = Integer.parseInt(digits);
        return port > 65_535 ? null : new Endpoint(host, port);
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    /**
     * Whether only this machine can reach it. Decided from the text alone: a name that a resolver would have to be asked about is not
     * loopback, because its answer may change after the check.
     */
    public boolean isLoopback() {
        return host.equals("localhost")
                || host.equals("::1")
                || host.equals("0:0:0:0:0:0:0:1")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** As it is written in the file. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
