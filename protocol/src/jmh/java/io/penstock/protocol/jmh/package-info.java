/** What a relayed message costs in the pure parts, measured by JMH; {@code bench/micro} runs it. */
@NullMarked
package io.penstock.protocol.jmh;

import org.jspecify.annotations.NullMarked;
