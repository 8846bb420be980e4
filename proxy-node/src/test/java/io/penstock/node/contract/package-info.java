/** The whole node against a real Postgres and the Salesforce sandbox: what every client has to see. */
@NullMarked
package io.penstock.node.contract;

import org.jspecify.annotations.NullMarked;
