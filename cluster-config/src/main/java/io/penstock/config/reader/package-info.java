/** Reads {@code penstock.conf} into settings and reports every mistake in it at once. */
@NullMarked
package io.penstock.config.reader;

import org.jspecify.annotations.NullMarked;
