/** What a Salesforce org does with a request: objects, validation, collections, composite, SOQL, OAuth. No input or output. */
@NullMarked
package io.penstock.sandbox.salesforce;

import org.jspecify.annotations.NullMarked;
