/** What the node puts into the database before it serves it: roles, schema penstock, synced tables and their guard; and how it checks them. */
@NullMarked
package io.penstock.node.install;

import org.jspecify.annotations.NullMarked;
