/** The commands of the {@code penstock} launcher. */
@NullMarked
package io.penstock.node.cli;

import org.jspecify.annotations.NullMarked;
