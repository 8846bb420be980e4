package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Grants;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens come from: {@code /services/oauth2/token}, {@code /revoke} and {@code /userinfo}, the identity URL, and the SOAP login of old clients.
 *
 * <p>The signature of a JWT is not checked, because the sandbox has no certificate of the app; its claims are.
 */
final class OAuthResource {
    /** The organization that every token and every identity URL belongs to. */
    private static final String ORGANIZATION = SalesforceId.of("00D", 1);
    /** Longer than any run: the refresh tokens of a connected app end when somebody revokes them. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private static final Pattern USERNAME = Pattern.compile("<(?:\\w+:)?username>([^<]*)<");
    private static final Pattern PASSWORD = Pattern.compile("<(?:\\w+:)?password>([^<]*)<");
    private static final Pattern SESSION = Pattern.compile("<(?:\\w+:)?sessionId>([^<]*)<");
    private static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String CODE = "sandbox-code";

    private final SalesforceConfig.Login login;
    private final Grants grants;
    private final Clock clock;

    OAuthResource(SalesforceConfig config, Grants grants) {
        this.login = config.login();
        this.clock = config.clock();
        this.grants = grants;
    }

    static Grants.Rules rules(SalesforceConfig config) {
        return new Grants.Rules(
                config.tokens().lifetime(),
                config.tokens().uses(),
                FOREVER,
                config.tokens().rotateRefreshTokens(),
                SalesforceId.shorten(ORGANIZATION) + "!AQ",
                "5Aep861",
                config.login().refreshToken());
    }

    static boolean handles(String path) {
        return path.startsWith("/services/oauth2/") || path.startsWith("/services/Soap/") || path.startsWith("/id/");
    }

    SandboxResponse answer(SandboxRequest request) {
        String path = request.path();
        if (path.startsWith("/services/Soap/")) {
            return soap(request);
        }
        return switch (path) {
            case "/services/oauth2/token" -> token(request);
            case "/services/oauth2/revoke" -> {
                Map<String, String> form = form(request);
                yield grants.revoke(form.getOrDefault("token", ""))
                        ? SandboxResponse.empty(200, 0)
                        : refused("unsupported_token_type", "this token type is not supported");
            }
            default -> identity(request);
        };
    }

    private SandboxResponse token(SandboxRequest request) {
        if (!request.method().equals("POST")) {
            return refused("invalid_request", "must use HTTP POST");
        }
        Map<String, String> form = form(request);
        String grantType = form.getOrDefault("grant_type", "");
        if (!grantType.equals(JWT_BEARER)) {
            if (!login.clientId().equals(form.get("client_id"))) {
                return refused("invalid_client_id", "client identifier invalid");
            }
            // A refresh need not carry the secret, but a wrong one is wrong.
            String secret = form.get("client_secret");
            boolean missing = secret == null && !grantType.equals("refresh_token");
            if (missing || secret != null && !secret.equals(login.clientSecret())) {
                return refused("invalid_client", "invalid client credentials");
            }
        }
        return switch (grantType) {
            case "password" ->
                login.username().equals(form.get("username"))
                                && login.password().equals(form.get("password"))
                        ? issued(request, new Grants.Refreshed(grants.issue(), null))
                        : refused("invalid_grant", "authentication failure");
            case "client_credentials" -> issued(request, new Grants.Refreshed(grants.issue(), null));
            case "refresh_token" -> {
                Grants.Refreshed refreshed = grants.refresh(form.getOrDefault("refresh_token", ""));
                yield refreshed == null
                        ? refused("invalid_grant", "expired access/refresh token")
                        : issued(request, refreshed);
            }
            case "authorization_code" ->
                CODE.equals(form.get("code"))
                        ? issued(request, grants.grant())
                        : refused("invalid_grant", "expired authorization code");
            case JWT_BEARER ->
                trusts(form.getOrDefault("assertion", ""))
                        ? issued(request, new Grants.Refreshed(grants.issue(), null))
                        : refused("invalid_grant", "invalid assertion");
            default -> refused("unsupported_grant_type", "grant type not supported");
        };
    }

    private boolean trusts(String assertion) {
        String[] parts = assertion.split("\\.");
        if (parts.length != 3) {
            return false;
        }
        try {
            JsonNode claims = Json.parse(Base64.getUrlDecoder().decode(parts[1]));
            return claims.path("iss").asText().equals(login.clientId())
                    && claims.path("sub").asText().equals(login.username())
                    && claims.hasNonNull("aud")
                    && claims.path("exp").asLong() > clock.instant().getEpochSecond();
        } catch (IllegalArgumentException | JsonProcessingException e) {
            return false;
        }
    }

    private SandboxResponse issued(SandboxRequest request, Grants.Refreshed tokens) {
        String issuedAt = Long.toString(clock.millis());
        String identity = identityUrl(request);
        ObjectNode body = Json.object()
                .put("access_token", tokens.accessToken())
                .put("signature", sign(identity + issuedAt))
                .put("scope", "refresh_token api id")
                .put("instance_url", origin(request))
                .put("id", identity)
                .put("token_type", "Bearer")
                .put("issued_at", issuedAt);
        if (tokens.refreshToken() != null) {
            body.put("refresh_token", tokens.refreshToken());
        }
        return SandboxResponse.json(200, body, 0).withHeader("Cache-Control", "no-cache, no-store");
    }

    private String sign(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(login.clientSecret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private SandboxResponse identity(SandboxRequest request) {
        String token = bearer(request);
        if (token == null || !grants.use(token)) {
            return SandboxResponse.text(403, "text/html;charset=UTF-8", "Bad_OAuth_Token");
        }
        ObjectNode body = Json.object()
                .put("id", identityUrl(request))
                .put("sub", identityUrl(request))
                .put("user_id", RecordWriter.USER)
                .put("organization_id", ORGANIZATION)
                .put("username", login.username())
                .put("preferred_username", login.username())
                .put("display_name", "Sandbox User")
                .put("active", true);
        body.putObject("urls").put("rest", origin(request) + "/services/data/v{version}/");
        return SandboxResponse.json(200, body, 0);
    }

    private SandboxResponse soap(SandboxRequest request) {
        String text = request.text();
        if (text.contains("<logout")) {
            String session = first(SESSION, text);
            grants.revoke(session == null ? "" : session);
            return envelope(200, "<logoutResponse/>");
        }
        if (!login.username().equals(first(USERNAME, text)) || !login.password().equals(first(PASSWORD, text))) {
            return envelope(
                    500,
                    "<soapenv:Fault><faultcode>INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: Invalid username,"
                            + " password, security token; or user locked out.</faultstring></soapenv:Fault>");
        }
        return envelope(
                200,
                "<loginResponse><result><metadataServerUrl>" + origin(request) + request.path()
                        + "</metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>true</sandbox><serverUrl>"
                        + origin(request) + request.path() + "/" + SalesforceId.shorten(ORGANIZATION)
                        + "</serverUrl><sessionId>" + grants.issue() + "</sessionId><userId>" + RecordWriter.USER
                        + "</userId><userInfo><organizationId>" + ORGANIZATION
                        + "</organizationId><userName>" + login.username()
                        + "</userName></userInfo></result></loginResponse>");
    }

    private static SandboxResponse envelope(int status, String body) {
        return SandboxResponse.text(
                status,
                "text/xml; charset=utf-8",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope"
                        + " xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
                        + " xmlns=\"urn:partner.soap.sforce.com\"><soapenv:Body>"
                        + body + "</soapenv:Body></soapenv:Envelope>");
    }

    /** The token of the Authorization header, which may call it Bearer or OAuth. */
    static @Nullable String bearer(SandboxRequest request) {
        String header = request.header("authorization");
        int space = header == null ? -1 : header.indexOf(' ');
        if (header == null || space < 0) {
            return null;
        }
        String scheme = header.substring(0, space);
        return scheme.equalsIgnoreCase("Bearer") || scheme.equalsIgnoreCase("OAuth")
                ? header.substring(space + 1).strip()
                : null;
    }

    private static Map<String, String> form(SandboxRequest request) {
        return request.body().length == 0 ? request.query() : SandboxRequest.parameters(request.text());
    }

    private static SandboxResponse refused(String error, String description) {
        return SandboxResponse.json(400, Json.object().put("error", error).put("error_description", description), 0);
    }

    private static String identityUrl(SandboxRequest request) {
        return origin(request) + "/id/" + ORGANIZATION + "/" + RecordWriter.USER;
    }

    /** Where the client found us is where it shall find us again. */
    private static String origin(SandboxRequest request) {
        String host = request.header("host");
        return "http://" + (host == null ? "localhost" : host);
    }

    private static @Nullable String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }
}
