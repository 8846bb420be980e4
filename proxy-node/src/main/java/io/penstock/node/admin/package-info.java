/** What an operator asks a node over HTTP. */
@NullMarked
package io.penstock.node.admin;

import org.jspecify.annotations.NullMarked;
