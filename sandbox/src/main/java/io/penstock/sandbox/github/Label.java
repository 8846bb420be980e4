package io.penstock.sandbox.github;

/** A label of a repository; its name is unique there, whatever the case. */
record Label(String nodeId, long id, Repository repository, String name, String color) {}
