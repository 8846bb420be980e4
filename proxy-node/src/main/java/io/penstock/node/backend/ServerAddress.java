package io.penstock.node.backend;

import io.penstock.node.tls.ServerTls;

/**
 * Where a Postgres server listens. Names are looked up anew for every connection, because a failover changes what they mean.
 *
 * @param tls what is demanded of it
 */
public record ServerAddress(String host, int port, ServerTls tls) {
    public ServerAddress {
        if (host.isBlank()) {
            throw new IllegalArgumentException("no host");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port);
        }
    }

    /** A server that is spoken to in plain text. */
    public ServerAddress(String host, int port) {
        this(host, port, ServerTls.DISABLED);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
