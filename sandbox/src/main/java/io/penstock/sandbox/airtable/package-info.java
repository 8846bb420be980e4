/** An Airtable workspace: bases, tables with typed fields, formulas to filter by, metadata, tokens that rotate and the penalty for haste. */
@NullMarked
package io.penstock.sandbox.airtable;

import org.jspecify.annotations.NullMarked;
