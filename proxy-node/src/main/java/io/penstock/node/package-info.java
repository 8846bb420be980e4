/** The running node; {@link io.penstock.node.Node} puts it together. */
@NullMarked
package io.penstock.node;

import org.jspecify.annotations.NullMarked;
