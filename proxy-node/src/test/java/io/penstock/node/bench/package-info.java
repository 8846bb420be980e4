/** The relay measured: Penstock, PgBouncer and a direct connection in turn, in one run. {@code bench/relay} runs it. */
@NullMarked
package io.penstock.node.bench;

import org.jspecify.annotations.NullMarked;
