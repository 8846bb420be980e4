/** What a client is told when something fails: the closed catalogue of errors and the record that carries one. */
@NullMarked
package io.penstock.protocol.error;

import org.jspecify.annotations.NullMarked;
