/** Postgres as this node's server: connections with their login, our own client on them, cancel, and the pool of writers. */
@NullMarked
package io.penstock.node.backend;

import org.jspecify.annotations.NullMarked;
