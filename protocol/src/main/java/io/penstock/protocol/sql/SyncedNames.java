package io.penstock.protocol.sql;

/** Says which names may mean a synced table. It must not miss one; the live search path decides later what a name really means. */
@FunctionalInterface
public interface SyncedNames {
    /** True for the schema and name of a synced table, and for a bare name that equals the name of some synced table. */
    boolean maybe(QualifiedName name);
}
