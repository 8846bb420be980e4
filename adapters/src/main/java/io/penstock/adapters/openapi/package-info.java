/** First drafts of API definitions, made of an API's OpenAPI document. Nothing here is used while a node runs. */
@NullMarked
package io.penstock.adapters.openapi;

import org.jspecify.annotations.NullMarked;
