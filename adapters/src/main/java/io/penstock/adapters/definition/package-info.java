/**
 * APIs by definition: a YAML document says how an API is written to and read, {@link io.penstock.adapters.definition.DefinitionReader} makes
 * records of it, and {@link io.penstock.adapters.definition.DefinitionAdapter} plans and parses by them alone.
 */
@NullMarked
package io.penstock.adapters.definition;

import org.jspecify.annotations.NullMarked;
