/** Root of the module. */
@NullMarked
package io.penstock.protocol;

import org.jspecify.annotations.NullMarked;
