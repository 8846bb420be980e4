package io.penstock.sandbox.stripe;

import io.penstock.sandbox.server.SandboxRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The API keys of the account: good ones, restricted ones that may only read, and those that have been rolled. */
final class StripeKeys {
    private static final String NONE = "You did not provide an API key. You need to provide your API key in the"
            + " Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See"
            + " https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.";

    private final StripeConfig.Keys first;
    private final Set<String> good = new HashSet<>();
    private final Set<String> restricted = new HashSet<>();
    private final Set<String> expired = new HashSet<>();

    StripeKeys(StripeConfig.Keys first) {
        this.first = first;
        reset();
    }

    void reset() {
        good.clear();
        expired.clear();
        restricted.clear();
        good.add(first.secret());
        good.add(first.restricted());
        restricted.add(first.restricted());
    }

    /** Every key that was good is expired now. */
    void expireAll() {
        expired.addAll(good);
        good.clear();
    }

    /** A key that is good from now on; one whose name begins with {@code rk_} may only read. */
    void add(String key) {
        good.add(key);
        expired.remove(key);
        if (key.startsWith("rk_")) {
            restricted.add(key);
        }
    }

    /** The key that the request brings, which is good. */
    String of(SandboxRequest request) {
        String key = given(request.header("Authorization"));
        if (key == null || key.isEmpty()) {
            throw refused(null, NONE);
        }
        if (expired.contains(key)) {
            throw refused("api_key_expired", "Expired API Key provided: " + masked(key));
        }
        if (!good.contains(key)) {
            throw refused(null, "Invalid API Key provided: " + masked(key));
        }
        return key;
    }

    /** Fails when the key may not do what is asked. */
    void permit(String key, StripeCall call, StripeType type) {
        if (call.writes() && restricted.contains(key)) {
            throw new StripeException(
                    403,
                    StripeException.INVALID_REQUEST,
                    null,
                    "The provided key '" + masked(key) + "' does not have the required permissions for this endpoint on"
                            + " account '" + StripeApi.ACCOUNT + "'. Having the 'rak_" + type.object()
                            + "_write' permission would allow this request to continue.",
                    null);
        }
    }

    /** Fails when the request is for an account that is not this one. */
    static void account(String key, @Nullable String account) {
        if (account != null && !account.equals(StripeApi.ACCOUNT)) {
            throw new StripeException(
                    403,
                    StripeException.INVALID_REQUEST,
                    "account_invalid",
                    "The provided key '" + masked(key) + "' does not have access to account '" + account
                            + "' (or that account does not exist). Application access may have been revoked.",
                    null);
        }
    }

    /** Bearer, or Basic with the key as the name of the user. */
    private static @Nullable String given(@Nullable String header) {
        if (header == null) {
            return null;
        }
        String lower = header.toLowerCase(Locale.ROOT);
        if (lower.startsWith("bearer ")) {
            return header.substring("bearer ".length()).strip();
        }
        if (!lower.startsWith("basic ")) {
            return null;
        }
        try {
            byte[] pair = Base64.getDecoder()
                    .decode(header.substring("basic ".length()).strip());
            return new String(pair, StandardCharsets.UTF_8).split(":", 2)[0];
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The last four characters are shown, and what kind of key it is. */
    private static String masked(String key) {
        int shown = key.matches("[a-z]+_(test|live)_.{5,}") ? key.indexOf('_', 3) + 1 : 0;
        int tail = Math.max(shown, key.length() - 4);
        return key.substring(0, shown) + "*".repeat(tail - shown) + key.substring(tail);
    }

    private static StripeException refused(@Nullable String code, String message) {
        return new StripeException(401, StripeException.INVALID_REQUEST, code, message, null);
    }
}
