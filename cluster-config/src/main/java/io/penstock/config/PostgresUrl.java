package io.penstock.config;

import io.penstock.config.ServerTlsSettings.Mode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which database, where, and as whom: {@code postgresql://user[:password]@host[:port]/database[?sslmode=mode]}, parts percent-encoded as libpq wants them.
 *
 * @param password null where the server asks for none
 * @param tls what is demanded of the server
 */
public record PostgresUrl(
        String host,
        int port,
        String database,
        String user,
        @Nullable Secret password,
        ServerTlsSettings tls) {
    private static final ServerTlsSettings DEFAULT_TLS = ServerTlsSettings.of(Mode.PREFER);
    private static final String SSLMODE = "sslmode=";
    private static final int DEFAULT_PORT = 5432;

    public PostgresUrl {
        if (host.isEmpty() || database.isEmpty() || user.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("host, port, database and user must be given");
        }
    }

    /** With TLS where the server has it. */
    public PostgresUrl(String host, int port, String database, String user, @Nullable Secret password) {
        this(host, port, database, user, password, DEFAULT_TLS);
    }

    /**
     * @throws IllegalArgumentException with a message that says what is wrong and repeats nothing of the text, which may hold a password
     */
    public static PostgresUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException invalid) {
            // The exception itself quotes the text, and with it the password.
            throw new IllegalArgumentException("is not a URL: postgresql://user:password@host:port/database");
        }
        if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
            throw new IllegalArgumentException("must begin with postgresql://");
        }
        Mode mode = mode(uri.getRawQuery());
        if (mode == null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("takes no parameter but sslmode after the database's name; verify-ca and"
                    + " files belong into the section tls");
        }
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("names no host: postgresql://user:password@host:port/database");
        }
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        String userInfo = uri.getRawUserInfo();
        if (userInfo == null || userInfo.isEmpty() || userInfo.startsWith(":")) {
            throw new IllegalArgumentException("names no user: postgresql://user:password@host:port/database");
        }
        String path = uri.getRawPath();
        if (path == null || path.length() < 2 || path.indexOf('/', 1) >= 0) {
            throw new IllegalArgumentException("names no database: postgresql://user:password@host:port/database");
        }
        int colon = userInfo.indexOf(':');
        if (colon == userInfo.length() - 1) {
            throw new IllegalArgumentException("has an empty password: leave out the colon where there is none");
        }
        return new PostgresUrl(
                host,
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                decode(path.substring(1)),
                decode(colon < 0 ? userInfo : userInfo.substring(0, colon)),
                colon < 0 ? null : Secret.of(decode(userInfo.substring(colon + 1))),
                ServerTlsSettings.of(mode));
    }

    private static @Nullable Mode mode(@Nullable String query) {
        if (query == null) {
            return DEFAULT_TLS.mode();
        }
        Mode mode = query.startsWith(SSLMODE) ? Mode.of(query.substring(SSLMODE.length())) : null;
        return mode == Mode.VERIFY_CA ? null : mode;
    }

    private static String decode(String part) {
        // In a URL's user and path a plus is a plus; URLDecoder is made for forms.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The same server and database as somebody else. */
    public PostgresUrl as(String otherUser, @Nullable Secret otherPassword) {
        return new PostgresUrl(host, port, database, otherUser, otherPassword, tls);
    }

    /** The same with other demands. */
    public PostgresUrl with(ServerTlsSettings otherTls) {
        return new PostgresUrl(host, port, database, user, password, otherTls);
    }

    /** For pgjdbc; user and password are handed to it as properties. */
    public String jdbcUrl() {
        String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return "jdbc:postgresql://" + bracketed + ":" + port + "/"
                + java.net.URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20")
                + (tls.equals(DEFAULT_TLS) ? "" : "?" + tls.jdbcParameters());
    }

    public Endpoint endpoint() {
        return new Endpoint(host, port);
    }
}
