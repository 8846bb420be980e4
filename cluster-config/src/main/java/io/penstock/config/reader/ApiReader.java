package io.penstock.config.reader;

import io.penstock.config.ApiSettings;
import io.penstock.config.ApiType;
import io.penstock.config.BudgetSettings;
import io.penstock.config.Endpoint;
import io.penstock.config.OAuthSettings;
import io.penstock.config.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads one API account. */
final class ApiReader {
    private static final String URL_FORM = "must be a URL such as https://example.my.salesforce.com";
    private static final String SALESFORCE_VERSION = "62.0";

    private final Path directory;

    /** @param directory to which paths are relative */
    ApiReader(Path directory) {
        this.directory = directory;
    }

    ApiSettings read(Section section) {
        ApiType type = section.choice("type", ApiType.class, null);
        URI baseUrl = section.optionalParsed("base_url", URL_FORM, ApiReader::url);
        URI loginUrl = section.optionalParsed("login_url", "the API's", URL_FORM, ApiReader::url);
        String version = section.text("api_version", SALESFORCE_VERSION);
        if (!version.matches("\\d{1,3}\\.\\d")) {
            section.mistake("api_version", "must be a version such as " + SALESFORCE_VERSION);
        }
        onlyFor(ApiType.SALESFORCE, section, section, "api_version", type);
        Path definition = definition(section, type);
        OAuthSettings oauth = credentials(section, type);
        BudgetSettings limits = limits(section.section("limits"));
        Section times = section.section("timeouts");
        ApiSettings.Timeouts timeouts = new ApiSettings.Timeouts(
                times.duration("connect", "5s"),
                times.duration("request", "60s"),
                times.duration("max_queue_wait", "30s"),
                times.maybeDuration("server", "the API's"));
        times.end();
        section.end();
        return new ApiSettings(section.name(), type, baseUrl, loginUrl, version, definition, oauth, limits, timeouts);
    }

    private @Nullable Path definition(Section section, ApiType type) {
        Path file = section.optionalParsed("file", "must be a file", directory::resolve);
        onlyFor(ApiType.DEFINITION, section, section, "file", type);
        if (type != ApiType.DEFINITION) {
            return null;
        }
        if (file == null) {
            section.mistake("file", "must be given: the definition of the API, in YAML");
        }
        return file == null ? directory : file;
    }

    private static void onlyFor(ApiType its, Section api, Section section, String key, ApiType type) {
        if (api.has("type") && section.has(key) && type != its) {
            section.mistake(key, "is a setting of type = " + its.name().toLowerCase(Locale.ROOT) + " alone");
        }
    }

    private static OAuthSettings credentials(Section section, ApiType type) {
        Secret token = section.optionalSecret("token");
        Section oauth = section.section("oauth");
        boolean withoutPlace = type == ApiType.SALESFORCE && !section.has("base_url");
        if (!section.has("token")) {
            return oauth(oauth, section, type, withoutPlace);
        }
        if (section.has("oauth")) {
            section.mistake("token", "stands beside oauth: an account has one or the other");
        } else if (withoutPlace) {
            section.mistake("base_url", "must be given: with a token alone nobody tells where requests go");
        }
        // What the vocabulary has to know of it.
        OAuthSettings unused = oauth(oauth, section, type, false);
        return token == null ? unused : new OAuthSettings(null, null, null, token);
    }

    /** @param withoutPlace neither configuration nor API say where requests go: only an answer of the login server could */
    private static OAuthSettings oauth(Section section, Section api, ApiType type, boolean withoutPlace) {
        String clientId = section.optionalText("client_id");
        Secret clientSecret = section.optionalSecret("client_secret");
        Secret refreshToken = section.optionalSecret("refresh_token");
        Secret accessToken = section.optionalSecret("access_token");
        Long installation = section.optionalParsed("installation", "must be a number", Long::valueOf);
        Secret privateKey = privateKey(section, api, type);
        if (privateKey != null) {
            refreshToken = privateKey;
        }
        if (refreshToken == null && accessToken == null) {
            if (!api.has("token")
                    && !section.has("refresh_token")
                    && !section.has("access_token")
                    && !section.has("private_key")) {
                section.mistake("refresh_token", "must be given, or else access_token, or the account's own token");
            }
            accessToken = Secret.of("none");
        }
        if (refreshToken != null && clientId == null) {
            section.mistake(
                    "client_id",
                    privateKey == null
                            ? "must be given: the refresh token was issued to it"
                            : "must be given: the private key is that app's");
            clientId = "none";
        }
        if (refreshToken == null && withoutPlace && section.has("access_token")) {
            api.mistake("base_url", "must be given: without a refresh token nobody tells where requests go");
        }
        section.end();
        return new OAuthSettings(
                clientId, clientSecret, refreshToken, accessToken, privateKey == null ? null : installation);
    }

    /** Of a GitHub App: with it the app signs for the tokens of its installation, so one is nothing without the other. */
    private static @Nullable Secret privateKey(Section section, Section api, ApiType type) {
        Secret privateKey = section.optionalSecret("private_key");
        onlyFor(ApiType.GITHUB, api, section, "private_key", type);
        onlyFor(ApiType.GITHUB, api, section, "installation", type);
        if (section.has("private_key") != section.has("installation")) {
            section.mistake(
                    section.has("private_key") ? "installation" : "private_key",
                    "must be given: a GitHub App has both or neither");
        } else if (section.has("private_key") && section.has("refresh_token")) {
            section.mistake("refresh_token", "stands beside private_key: an account has one or the other");
        }
        return privateKey;
    }

    private static BudgetSettings limits(Section section) {
        BudgetSettings limits = new BudgetSettings(
                section.number("concurrency", 20, 1, 10_000),
                section.optionalNumber("burst", "none", 1, 1_000_000),
                section.duration("burst_window", "1s"),
                section.optionalNumber("daily", "learned", 1, Integer.MAX_VALUE),
                section.share("daily_reserve", "0"),
                section.duration("penalty", "30s"));
        section.end();
        return limits;
    }

    /** Tokens travel in headers, so plain http is for servers on this machine alone. */
    private static URI url(String text) {
        URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException(URL_FORM);
        }
        String host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        if (scheme.equals("http") && !new Endpoint(host, 0).isLoopback()) {
            throw new IllegalArgumentException("must begin with https: tokens do not travel in the clear");
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("takes no user, no parameters and no fragment");
        }
        return url;
    }
}
