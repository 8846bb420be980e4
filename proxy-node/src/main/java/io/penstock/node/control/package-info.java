/**
 * Limits and tokens of the API accounts, one owner each in the whole cluster. {@code LimiterState}, {@code PermitCacheState} and
 * {@code TokenState} are the pure machines; the actors around them carry messages.
 */
@NullMarked
package io.penstock.node.control;

import org.jspecify.annotations.NullMarked;
