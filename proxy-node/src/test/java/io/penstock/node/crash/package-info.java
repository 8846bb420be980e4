/** Nodes, Postgres and clients that are killed in the middle of a mutation. */
@NullMarked
package io.penstock.node.crash;

import org.jspecify.annotations.NullMarked;
