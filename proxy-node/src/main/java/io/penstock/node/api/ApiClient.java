package io.penstock.node.api;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Body;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one HTTP request once and says what became of it. The line between {@link Exchange.NotSent} and {@link Exchange.Lost} is what the
 * journal stands on: name resolution, the connection and the TLS handshake come before the first byte of a request, everything else may come
 * after it and counts as lost.
 *
 * <p>HTTP/1.1, because there a request has a connection of its own and a reset of one loses one. No redirect is followed: it would carry the
 * token to another host and repeat a write. The JDK's client repeats requests of itself only if they are GET or HEAD, unless
 * {@code jdk.httpclient.enableAllMethodRetry} is set; with that set this client refuses to be made.
 */
public final class ApiClient implements AutoCloseable {
    /** A larger answer is none that an adapter expects; without a bound a broken server could fill the heap. */
    static final int LONGEST_BODY = 16 << 20;

    /**
     * Seconds that an idle connection is kept. The danger is the server that closes it just as a request leaves: the write is then lost though
     * it never arrived. Servers and load balancers keep connections for 60 seconds and more, few for less than 15.
     */
    private static final String IDLE_SECONDS = "10";

    /** Without the exception, which quotes the header or the URI, and with it the user's values. */
    private static final Exchange INVALID = new Exchange.NotSent("the request is not valid HTTP");

    private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;

    /** @param connectTimeout until the connection stands, TLS included */
    public ApiClient(Duration connectTimeout) {
        if (Boolean.getBoolean("jdk.httpclient.enableAllMethodRetry")) {
            throw new IllegalStateException("jdk.httpclient.enableAllMethodRetry would send a write twice");
        }
        // The JDK has no other way to say it; it reads the property when the first client of the process is made.
        if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
            System.setProperty("jdk.httpclient.keepalive.timeout", IDLE_SECONDS);
        }
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .executor(callbacks)
                .build();
    }

    /** As {@link #send(URI, String, Map, Body, Duration)}, for a call of an adapter. */
    public CompletionStage<Exchange> send(URI base, ApiCall call, Map<String, String> authorization, Duration within) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(call.headers());
        headers.putAll(authorization);
        URI uri;
        try {
            uri = URI.create(base.toString() + call.path());
        } catch (IllegalArgumentException invalid) {
            return CompletableFuture.completedFuture(INVALID);
        }
        return send(uri, call.method(), headers, call.body(), within);
    }

    /**
     * Sends the request.
     *
     * @param within until the last byte of the answer
     * @return never fails
     */
    public CompletionStage<Exchange> send(
            URI uri, String method, Map<String, String> headers, Body body, Duration within) {
        HttpRequest request;
        try {
            request = request(uri, method, headers, body);
        } catch (IllegalArgumentException invalid) {
            return CompletableFuture.completedFuture(INVALID);
        }
        CompletableFuture<HttpResponse<byte[]>> sending =
                http.sendAsync(request, answer -> new BoundedBody(LONGEST_BODY));
        // The JDK's own request timeout ends with the answer's headers; this one covers the body too.
        CompletableFuture<HttpResponse<byte[]>> inTime =
                sending.copy().orTimeout(within.toMillis(), TimeUnit.MILLISECONDS);
        return inTime.handle((answer, failure) -> {
            if (failure == null) {
                return new Exchange.Answered(
                        new ApiResponse(answer.statusCode(), answer.headers().map(), answer.body()));
            }
            sending.cancel(true);
            return classify(failure);
        });
    }

    private static HttpRequest request(URI uri, String method, Map<String, String> headers, Body body) {
        String contentType = body.contentType();
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri)
                .method(
                        method,
                        contentType == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(
                                        body.text().getBytes(StandardCharsets.UTF_8)));
        builder.setHeader("User-Agent", "penstock");
        if (contentType != null) {
            builder.setHeader("Content-Type", contentType);
        }
        headers.forEach(builder::setHeader);
        return builder.build();
    }

    private static Exchange classify(Throwable failure) {
        for (Throwable cause = unwrap(failure); cause != null; cause = cause.getCause()) {
            Exchange known = classifyOne(cause);
            if (known != null) {
                return known;
            }
        }
        return new Exchange.Lost("the connection broke before the whole answer was there");
    }

    /** What happened, and whether bytes may have left by then; null where the cause says more. */
    private static @Nullable Exchange classifyOne(Throwable cause) {
        return switch (cause) {
            case HttpConnectTimeoutException _ -> new Exchange.NotSent("no connection in time");
            case UnknownHostException _ -> new Exchange.NotSent("the host is not known");
            case UnresolvedAddressException _ -> new Exchange.NotSent("the host is not known");
            case ConnectException connect ->
                new Exchange.NotSent(
                        causedBy(connect, UnresolvedAddressException.class)
                                ? "the host is not known"
                                : "the connection was refused");
            case SSLHandshakeException _ -> new Exchange.NotSent("the TLS handshake failed");
            case HttpTimeoutException _ -> new Exchange.Lost("no whole answer in time");
            case TimeoutException _ -> new Exchange.Lost("no whole answer in time");
            case CancellationException _ -> new Exchange.Lost("the request was given up");
            case BoundedBody.TooLong _ -> new Exchange.Lost("the answer is too long");
            default -> null;
        };
    }

    private static boolean causedBy(Throwable failure, Class<?> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    }

    /** Gives up what is under way and ends the client's threads. */
    @Override
    public void close() {
        http.shutdownNow();
        callbacks.shutdownNow();
    }
}
