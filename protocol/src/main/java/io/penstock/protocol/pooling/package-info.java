/** What a session leaves on a server connection that it shares with others, and how it finds its own again. Pure. */
@NullMarked
package io.penstock.protocol.pooling;

import org.jspecify.annotations.NullMarked;
