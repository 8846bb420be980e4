package io.penstock.sandbox.github;

/** A milestone of a repository; GitHub makes them by REST alone, this sandbox with its demo data. */
record Milestone(String nodeId, Repository repository, int number, String title) {}
