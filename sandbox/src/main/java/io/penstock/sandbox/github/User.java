package io.penstock.sandbox.github;

/** Somebody who can write issues or be assigned to them. */
record User(String nodeId, long id, String login, String name) {}
