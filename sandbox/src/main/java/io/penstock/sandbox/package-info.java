/** Root of the module. */
@NullMarked
package io.penstock.sandbox;

import org.jspecify.annotations.NullMarked;
