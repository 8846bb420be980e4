/** Nothing is lost or doubled: what was about to be sent to an API, what the API answered, and who finishes what a dead node left. */
@NullMarked
package io.penstock.node.journal;

import org.jspecify.annotations.NullMarked;
