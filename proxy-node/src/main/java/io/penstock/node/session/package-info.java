/** The clients' sessions: the stream stage around each, who may log in, and the keys that cancel. */
@NullMarked
package io.penstock.node.session;

import org.jspecify.annotations.NullMarked;
