package io.penstock.sandbox.airtable;

import static io.penstock.sandbox.airtable.AirtableField.formula;
import static io.penstock.sandbox.airtable.AirtableField.links;
import static io.penstock.sandbox.airtable.AirtableField.of;
import static io.penstock.sandbox.airtable.AirtableField.select;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A base with its tables: companies and contacts that are linked, with a field of each type. */
record AirtableBase(String id, String name, List<AirtableTable> tables) {
    /** @param mark the last character of every id in this base */
    static AirtableBase crm(String id, String name, char mark) {
        return new AirtableBase(id, name, List.of(companies(mark), contacts(mark)));
    }

    /** By its name or its id. */
    @Nullable
    AirtableTable table(String called) {
        return tables.stream()
                .filter(table -> table.isCalled(called))
                .findFirst()
                .orElse(null);
    }

    /** One that is there. */
    AirtableTable named(String called) {
        return tables.stream()
                .filter(table -> table.isCalled(called))
                .findFirst()
                .orElseThrow();
    }

    private static AirtableTable companies(char mark) {
        return new AirtableTable(
                "tblCompanies0000" + mark,
                "Companies",
                List.of(
                        of(field("CompanyName", mark), "Name", FieldType.TEXT),
                        of(field("CompanyUrl", mark), "Website", FieldType.URL),
                        select(
                                field("CompanyKind", mark),
                                "Industry",
                                FieldType.SELECT,
                                "Farming",
                                "Software",
                                "Transport",
                                "Energy"),
                        of(field("CompanySize", mark), "Employees", FieldType.NUMBER),
                        links(field("CompanyLinks", mark), "Contacts", "Contacts", "Company"),
                        of(field("CompanyTime", mark), "Last Modified", FieldType.MODIFIED)));
    }

    private static AirtableTable contacts(char mark) {
        return new AirtableTable(
                "tblContacts00000" + mark,
                "Contacts",
                List.of(
                        of(field("ContactLast", mark), "Last Name", FieldType.TEXT),
                        of(field("ContactFirst", mark), "First Name", FieldType.TEXT),
                        formula(field("ContactFull", mark), "Full Name", "{First Name} & ' ' & {Last Name}"),
                        of(field("ContactMail", mark), "Email", FieldType.EMAIL),
                        of(field("ContactPhone", mark), "Phone", FieldType.PHONE),
                        of(field("ContactUrl", mark), "Website", FieldType.URL),
                        of(field("ContactNotes", mark), "Notes", FieldType.LONG_TEXT),
                        of(field("ContactScore", mark), "Score", FieldType.NUMBER),
                        of(field("ContactVip", mark), "VIP", FieldType.CHECKBOX),
                        of(field("ContactBorn", mark), "Birthday", FieldType.DATE),
                        of(field("ContactSeen", mark), "Last Seen", FieldType.DATE_TIME),
                        select(
                                field("ContactStage", mark),
                                "Stage",
                                FieldType.SELECT,
                                "Lead",
                                "Customer",
                                "Former customer"),
                        select(field("ContactTags", mark), "Tags", FieldType.SELECTS, "press", "partner", "billing"),
                        links(field("ContactLinks", mark), "Company", "Companies", "Contacts"),
                        of(field("ContactOp", mark), "Penstock Mutation", FieldType.TEXT),
                        of(field("ContactMade", mark), "Created", FieldType.CREATED),
                        of(field("ContactTime", mark), "Last Modified", FieldType.MODIFIED)));
    }

    /** An id of seventeen characters out of a word. */
    private static String field(String word, char mark) {
        return "fld" + word + "0".repeat(13 - word.length()) + mark;
    }
}
