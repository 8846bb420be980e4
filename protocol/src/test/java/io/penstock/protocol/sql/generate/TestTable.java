package io.penstock.protocol.sql.generate;

import java.util.List;

/**
 * A table or view that generated statements speak of.
 *
 * @param columns its columns of type text; every table has also {@code id} among them
 * @param structured whether it has the columns {@code tags text[]} and {@code address salesforce.address} besides
 * @param view whether it is a view, which neither MERGE nor ON CONFLICT gets to see here
 */
public record TestTable(String schema, String name, List<String> columns, boolean structured, boolean view) {
    /** The synced tables; the others are ordinary ones, among them some whose names only look like those. */
    public static final List<TestTable> SYNCED = List.of(
            new TestTable("salesforce", "contacts", List.of("id", "first_name", "last_name", "email"), true, false),
            new TestTable("salesforce", "accounts", List.of("id", "name", "industry", "Owner Id"), false, false));

    public static final List<TestTable> ORDINARY = List.of(
            new TestTable("public", "orders", List.of("id", "contact_id", "item"), true, false),
            new TestTable(
                    "public",
                    "notes",
                    List.of("id", "body", "delete", "update", "insert", "conflict", "returning", "from", "set"),
                    false,
                    false),
            new TestTable("public", "Contacts", List.of("id", "where", "old"), false, false),
            new TestTable("public", "update", List.of("id", "name"), false, false),
            new TestTable("public", "salesforce.contacts", List.of("id", "email"), false, false),
            new TestTable("public", "open_orders", List.of("id", "item"), false, true));

    /** Makes the tables; statements are to run with {@code search_path = public, salesforce}. */
    public static final String DDL = """
        CREATE SCHEMA salesforce;
        CREATE TYPE salesforce.address AS (street text, city text);
        CREATE TABLE salesforce.contacts (id text PRIMARY KEY DEFAULT md5(random()::text), first_name text,
            last_name text, email text, tags text[], address salesforce.address);
        CREATE TABLE salesforce.accounts (id text PRIMARY KEY DEFAULT md5(random()::text), name text, industry text,
            "Owner Id" text);
        CREATE TABLE public.orders (id text PRIMARY KEY, contact_id text, item text, tags text[],
            address salesforce.address);
        CREATE TABLE public.notes (id text PRIMARY KEY, body text, delete text, update text, insert text, conflict text,
            "returning" text, "from" text, set text);
        CREATE TABLE public."Contacts" (id text PRIMARY KEY, "where" text, old text);
        CREATE TABLE public.update (id text PRIMARY KEY, name text);
        CREATE TABLE public."salesforce.contacts" (id text PRIMARY KEY, email text);
        CREATE VIEW public.open_orders AS SELECT id, item FROM public.orders;
        """;

    /** Whether the name is that of a synced table, alone or with its schema. */
    public static boolean maybeSynced(String schema, String name) {
        return SYNCED.stream()
                .anyMatch(table -> table.name.equals(name) && (schema.isEmpty() || table.schema.equals(schema)));
    }
}
