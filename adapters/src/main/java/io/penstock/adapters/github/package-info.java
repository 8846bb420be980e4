/** GitHub's GraphQL API: one document of aliased mutations for a statement; tokens of persons, of apps and of users. */
@NullMarked
package io.penstock.adapters.github;

import org.jspecify.annotations.NullMarked;
