/** What the nodes of a cluster say to one another: entity keys, message contracts, and how Pekko is set up to carry them. */
@NullMarked
package io.penstock.config.cluster;

import org.jspecify.annotations.NullMarked;
