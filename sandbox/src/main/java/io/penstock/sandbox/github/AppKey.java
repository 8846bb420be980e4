package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.sandbox.server.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;

/** The GitHub App's key pair, and the check of the tokens that the app signs with it. */
final class AppKey {
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final GitHubException UNREADABLE = new GitHubException(401, "A JSON web token could not be decoded");

    private final KeyPair pair;
    private final long appId;
    private final String clientId;
    private final Clock clock;

    AppKey(long appId, String clientId, Clock clock) {
        this.appId = appId;
        this.clientId = clientId;
        this.clock = clock;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2_048);
            this.pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no RSA on this machine", e);
        }
    }

    /** PKCS #8, as openssl and every library reads it. */
    String privateKey() {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(pair.getPrivate().getEncoded());
        return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
    }

    /** Fails unless the token is signed by the app and is of this moment. */
    void check(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw UNREADABLE;
        }
        JsonNode header = json(parts[0]);
        JsonNode claims = json(parts[1]);
        if (!header.path("alg").asText().equals("RS256") || !signed(parts)) {
            throw UNREADABLE;
        }
        long now = clock.instant().getEpochSecond();
        JsonNode expires = claims.path("exp");
        JsonNode issued = claims.path("iat");
        if (!expires.isIntegralNumber() || expires.asLong() <= now) {
            throw new GitHubException(
                    401,
                    "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the"
                            + " assertion expires");
        }
        if (!issued.isIntegralNumber() || issued.asLong() > now) {
            throw new GitHubException(
                    401,
                    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
        }
        if (expires.asLong() - now > LONGEST.toSeconds()) {
            throw new GitHubException(401, "'Expiration time' claim ('exp') is too far in the future");
        }
        String issuer = claims.path("iss").asText();
        if (!issuer.equals(Long.toString(appId)) && !issuer.equals(clientId)) {
            throw new GitHubException(404, "Integration not found");
        }
    }

    private boolean signed(String[] parts) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(pair.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static JsonNode json(String part) {
        try {
            return Json.parse(Base64.getUrlDecoder().decode(part));
        } catch (com.fasterxml.jackson.core.JsonProcessingException | IllegalArgumentException e) {
            throw UNREADABLE;
        }
    }
}
