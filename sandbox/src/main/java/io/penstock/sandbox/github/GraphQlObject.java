package io.penstock.sandbox.github;

import java.util.Map;

/** An object that is only there for an answer: a page, an edge, what a mutation returns. Members left out are null. */
record GraphQlObject(String type, Map<String, Object> members) {}
