package io.penstock.sandbox.server;

import org.jspecify.annotations.Nullable;

/**
 * Which requests a fault strikes. What is null does not matter.
 *
 * @param method an HTTP method
 * @param path a part of the request target; a rule without it leaves requests for tokens alone
 * @param object a type of object, such as {@code Contact}
 */
public record FaultMatch(
        @Nullable String method,
        @Nullable String path,
        @Nullable String object) {
    /** Every request but those for tokens. */
    public static final FaultMatch ANY = new FaultMatch(null, null, null);

    public static FaultMatch method(String method) {
        return new FaultMatch(method, null, null);
    }

    public static FaultMatch path(String path) {
        return new FaultMatch(null, path, null);
    }

    public FaultMatch withPath(String part) {
        return new FaultMatch(method, part, object);
    }

    public FaultMatch withObject(String type) {
        return new FaultMatch(method, path, type);
    }

    boolean matches(SandboxRequest request, SandboxApi api) {
        return (method == null || method.equalsIgnoreCase(request.method()))
                && (path == null
                        ? !api.isAuthentication(request)
                        : request.target().contains(path))
                && (object == null || api.concerns(request, object));
    }
}
