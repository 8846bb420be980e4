/** Whole messages cut out of a stream of bytes, with hard limits and without copying. */
@NullMarked
package io.penstock.protocol.frame;

import org.jspecify.annotations.NullMarked;
