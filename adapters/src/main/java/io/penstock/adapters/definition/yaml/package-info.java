/** YAML with the place of every value, so that a mistake can be told by its line. Knows nothing of what the documents mean. */
@NullMarked
package io.penstock.adapters.definition.yaml;

import org.jspecify.annotations.NullMarked;
