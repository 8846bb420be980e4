package io.penstock.node.journal;

/** Changes that somebody makes at the API itself, past Penstock. */
public final class Crm {
    private Crm() {}

    public static void insert(FakeCrm crm, String name) {
        crm.apply(Mutations.insert(name, "e"));
    }

    public static void update(FakeCrm crm, String key, String name) {
        crm.apply(Mutations.update(key, name));
    }

    public static void delete(FakeCrm crm, String key) {
        crm.apply(Mutations.delete(key));
    }
}
