/**
 * The one engine that talks HTTP to the APIs: {@link io.penstock.node.api.ApiClient} sends and says what became of it,
 * {@link io.penstock.node.api.ApiGateway} adds permits and tokens.
 */
@NullMarked
package io.penstock.node.api;

import org.jspecify.annotations.NullMarked;
