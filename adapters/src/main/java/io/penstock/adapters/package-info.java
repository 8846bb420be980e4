/** Root of the module. */
@NullMarked
package io.penstock.adapters;

import org.jspecify.annotations.NullMarked;
