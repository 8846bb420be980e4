/** The synced tables follow their API: first filled, then polled for what changed there by other ways. */
@NullMarked
package io.penstock.node.sync;

import org.jspecify.annotations.NullMarked;
