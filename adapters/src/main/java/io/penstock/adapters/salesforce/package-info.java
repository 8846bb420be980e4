/** Salesforce's REST API: sObject Collections inside Composite requests, SOQL, describe, OAuth refresh. */
@NullMarked
package io.penstock.adapters.salesforce;

import org.jspecify.annotations.NullMarked;
