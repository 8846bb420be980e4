package io.penstock.sandbox.github;

import java.time.Instant;

/** A label of a repository; its name is unique there, whatever the case. Changed in place by {@link LabelWriter} alone. */
final class Label {
    final String nodeId;
    final long id;
    final Repository repository;
    final Instant created;
    String name;
    String color;
    String description = "";
    Instant updated;

    Label(String nodeId, long id, Repository repository, Instant created, String name, String color) {
        this.nodeId = nodeId;
        this.id = id;
        this.repository = repository;
        this.created = created;
        this.updated = created;
        this.name = name;
        this.color = color;
    }

    boolean isCalled(String other) {
        return name.equalsIgnoreCase(other);
    }
}
