package io.penstock.node.backend;

import java.net.InetSocketAddress;

/**
 * The very server that a connection went to, where its CancelRequests must go too: a name may meanwhile mean another one.
 *
 * @param server as it was asked for, with what is demanded of its TLS
 */
public record DialledServer(InetSocketAddress address, ServerAddress server) {}
