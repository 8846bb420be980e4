/** CancelRequests: the keys that clients are given, and the way of a request to the node that holds its session. */
@NullMarked
package io.penstock.node.cancel;

import org.jspecify.annotations.NullMarked;
