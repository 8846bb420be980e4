package io.penstock.sandbox.github;

import java.time.Instant;

/** A repository of an owner. */
record Repository(String nodeId, long id, User owner, String name, Instant created) {
    String fullName() {
        return owner.login() + "/" + name;
    }
}
