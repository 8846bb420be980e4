/** The settings of a node: immutable records, read once from {@code penstock.conf}. */
@NullMarked
package io.penstock.config;

import org.jspecify.annotations.NullMarked;
