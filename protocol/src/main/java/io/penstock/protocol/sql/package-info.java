/**
 * Finds the shape of SQL without parsing it: a lexer that is faithful to Postgres's own {@code scan.l}, the split at semicolons, and the
 * classification of a statement as something to relay, to run as a mutation of a synced table, or to refuse. Postgres remains the second
 * opinion: what this package calls a mutation is evaluated by Postgres, and what it misses the guard in the database refuses.
 */
@NullMarked
package io.penstock.protocol.sql;

import org.jspecify.annotations.NullMarked;
