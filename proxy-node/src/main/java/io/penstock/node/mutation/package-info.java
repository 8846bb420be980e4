/**
 * The mutation of a synced table, in the order of its steps: context, capture, plan, lock, permit, intent, request, store, RETURNING. {@link
 * io.penstock.node.mutation.MutationMachine} decides, {@link io.penstock.node.mutation.MutationRun} carries out.
 */
@NullMarked
package io.penstock.node.mutation;

import org.jspecify.annotations.NullMarked;
