/** Root of the module. */
@NullMarked
package io.penstock.node;

import org.jspecify.annotations.NullMarked;
