/** The shell around every sandbox: HTTP, faults on demand, the log of requests, the page and the admin API. */
@NullMarked
package io.penstock.sandbox.server;

import org.jspecify.annotations.NullMarked;
