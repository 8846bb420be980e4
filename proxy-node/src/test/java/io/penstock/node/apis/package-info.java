/** One contract for every API: what SQL promises of Salesforce it promises of each, tried through a real node against each one's sandbox. */
@NullMarked
package io.penstock.node.apis;

import org.jspecify.annotations.NullMarked;
