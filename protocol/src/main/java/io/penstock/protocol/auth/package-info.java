/** Who is there: SCRAM-SHA-256 as server and as client, and the older password answers for servers that ask for them. */
@NullMarked
package io.penstock.protocol.auth;

import org.jspecify.annotations.NullMarked;
