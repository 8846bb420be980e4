/** Drivers that applications use, each with its own ways, on pools in both modes. */
@NullMarked
package io.penstock.node.clients;

import org.jspecify.annotations.NullMarked;
