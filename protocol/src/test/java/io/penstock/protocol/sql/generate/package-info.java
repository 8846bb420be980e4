/** Generates SQL from a seed, for comparisons with Postgres: with its grammar here, with its plans in the integration tests. */
@NullMarked
package io.penstock.protocol.sql.generate;

import org.jspecify.annotations.NullMarked;
