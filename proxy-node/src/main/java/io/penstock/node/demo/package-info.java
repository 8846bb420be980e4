/** The demo: an embedded Postgres, a sandbox and a node in one process. */
@NullMarked
package io.penstock.node.demo;

import org.jspecify.annotations.NullMarked;
