/**
 * What every API adapter is made of: a {@link io.penstock.adapters.Mutation} is planned into {@link io.penstock.adapters.ApiCall}s, their
 * answers are parsed into {@link io.penstock.adapters.Verdict}s. Nothing in here does any input or output.
 */
@NullMarked
package io.penstock.adapters;

import org.jspecify.annotations.NullMarked;
