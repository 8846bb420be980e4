/** A HubSpot account: CRM objects, batches, search with its lag, properties, tokens and the limits of requests. */
@NullMarked
package io.penstock.sandbox.hubspot;

import org.jspecify.annotations.NullMarked;
