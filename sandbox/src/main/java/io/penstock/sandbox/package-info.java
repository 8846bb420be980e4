/**
 * Servers that behave as the APIs do to their official clients: one class to start each, one main class to run it as a process.
 *
 * <p>{@code server} is the shell that all of them share (sockets, faults, the log of requests, the admin API); each API's core is a
 * package of its own and does no input or output. None of this knows Penstock's adapters, so that no mistake is shared with one.
 */
@NullMarked
package io.penstock.sandbox;

import org.jspecify.annotations.NullMarked;
