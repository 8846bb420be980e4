package io.penstock.node.backend;

/** Where a Postgres server listens. Names are looked up anew for every connection, because a failover changes what they mean. */
public record ServerAddress(String host, int port) {
    public ServerAddress {
        if (host.isBlank()) {
            throw new IllegalArgumentException("no host");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
