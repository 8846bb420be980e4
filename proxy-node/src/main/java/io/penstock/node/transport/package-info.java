/** Bytes: Netty channels on event loops, seen above as Pekko Streams flows that run on the very same event loops. */
@NullMarked
package io.penstock.node.transport;

import org.jspecify.annotations.NullMarked;
