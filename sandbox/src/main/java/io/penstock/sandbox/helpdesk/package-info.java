/** A helpdesk that nobody sells: the API of the example in docs/add-an-api.md. */
@NullMarked
package io.penstock.sandbox.helpdesk;

import org.jspecify.annotations.NullMarked;
