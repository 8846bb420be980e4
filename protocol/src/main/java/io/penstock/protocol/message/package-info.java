/** Every message of the PostgreSQL protocol, version 3, as records, with their encoders and decoders. */
@NullMarked
package io.penstock.protocol.message;

import org.jspecify.annotations.NullMarked;
