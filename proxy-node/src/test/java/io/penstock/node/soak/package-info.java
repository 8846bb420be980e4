/** A node under mixed load while its clients are killed: what is left of it afterwards. */
@NullMarked
package io.penstock.node.soak;

import org.jspecify.annotations.NullMarked;
