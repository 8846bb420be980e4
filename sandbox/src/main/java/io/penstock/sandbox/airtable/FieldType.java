package io.penstock.sandbox.airtable;

/** The types of fields, as the metadata call them. */
enum FieldType {
    TEXT("singleLineText", false),
    LONG_TEXT("multilineText", false),
    EMAIL("email", false),
    URL("url", false),
    PHONE("phoneNumber", false),
    NUMBER("number", false),
    CHECKBOX("checkbox", false),
    DATE("date", false),
    DATE_TIME("dateTime", false),
    SELECT("singleSelect", false),
    SELECTS("multipleSelects", false),
    LINKS("multipleRecordLinks", false),
    FORMULA("formula", true),
    CREATED("createdTime", true),
    MODIFIED("lastModifiedTime", true);

    private final String described;
    private final boolean computed;

    FieldType(String described, boolean computed) {
        this.described = described;
        this.computed = computed;
    }

    String described() {
        return described;
    }

    boolean computed() {
        return computed;
    }
}
