/** A Stripe account: the core of its sandbox. Version 1 of the API, as the official clients use it for customers, products and prices. */
@NullMarked
package io.penstock.sandbox.stripe;

import org.jspecify.annotations.NullMarked;
