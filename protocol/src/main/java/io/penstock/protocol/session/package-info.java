/** One client's session as a pure state machine: what a message means, in which order answers come, and when a mutation is held. */
@NullMarked
package io.penstock.protocol.session;

import org.jspecify.annotations.NullMarked;
