/** The server connections of a node that clients share: who gets which, and when one goes back. */
@NullMarked
package io.penstock.node.pool;

import org.jspecify.annotations.NullMarked;
