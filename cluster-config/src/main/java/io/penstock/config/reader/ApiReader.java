package io.penstock.config.reader;

import io.penstock.config.ApiSettings;
import io.penstock.config.ApiType;
import io.penstock.config.BudgetSettings;
import io.penstock.config.Endpoint;
import io.penstock.config.OAuthSettings;
import io.penstock.config.Secret;
import java.net.URI;
import java.util.Locale;

/** Reads one API account. */
final class ApiReader {
    private static final String URL_FORM = "must be a URL such as https://example.my.salesforce.com";

    private ApiReader() {}

    static ApiSettings read(Section section) {
        ApiType type = section.choice("type", ApiType.class, null);
        URI baseUrl = section.optionalParsed("base_url", URL_FORM, ApiReader::url);
        URI loginUrl = section.parsed(
                "login_url", type.defaultLoginUrl(), URI.create(type.defaultLoginUrl()), URL_FORM, ApiReader::url);
        String version = section.text("api_version", type.defaultVersion());
        if (!version.matches("\\d{1,3}\\.\\d")) {
            section.mistake("api_version", "must be a version such as " + type.defaultVersion());
        }
        OAuthSettings oauth = oauth(section.section("oauth"), section);
        BudgetSettings limits = limits(section.section("limits"));
        Section times = section.section("timeouts");
        ApiSettings.Timeouts timeouts = new ApiSettings.Timeouts(
                times.duration("connect", "5s"),
                times.duration("request", "60s"),
                times.duration("max_queue_wait", "30s"),
                times.duration("server", "10m"));
        times.end();
        section.end();
        return new ApiSettings(section.name(), type, baseUrl, loginUrl, version, oauth, limits, timeouts);
    }

    private static OAuthSettings oauth(Section section, Section api) {
        String clientId = section.optionalText("client_id");
        Secret clientSecret = section.optionalSecret("client_secret");
        Secret refreshToken = section.optionalSecret("refresh_token");
        Secret accessToken = section.optionalSecret("access_token");
        if (refreshToken == null && accessToken == null) {
            if (!section.has("refresh_token") && !section.has("access_token")) {
                section.mistake("refresh_token", "must be given, or else access_token");
            }
            accessToken = Secret.of("none");
        }
        if (refreshToken != null && clientId == null) {
            section.mistake("client_id", "must be given: the refresh token was issued to it");
            clientId = "none";
        }
        if (refreshToken == null && !api.has("base_url") && section.has("access_token")) {
            api.mistake("base_url", "must be given: without a refresh token nobody tells where requests go");
        }
        section.end();
        return new OAuthSettings(clientId, clientSecret, refreshToken, accessToken);
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
