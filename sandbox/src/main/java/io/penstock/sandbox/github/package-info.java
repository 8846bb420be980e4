/** GitHub: the core of its sandbox. Repositories with issues, labels and users, by REST and by GraphQL. */
@NullMarked
package io.penstock.sandbox.github;

import org.jspecify.annotations.NullMarked;
