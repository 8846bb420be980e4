/** Clusters of nodes that are processes of their own, some of which are killed or stand still. */
@NullMarked
package io.penstock.node.cluster;

import org.jspecify.annotations.NullMarked;
