/** TLS on both sides: the listener's certificate and its renewal, and what is demanded of a server. */
@NullMarked
package io.penstock.node.tls;

import org.jspecify.annotations.NullMarked;
