package io.penstock.protocol.session;

import org.jspecify.annotations.Nullable;

/**
 * One statement of a simple query.
 *
 * @param known null if the session need not know more of it
 */
record QueryStatement(String sql, @Nullable KnownStatement known) {}
