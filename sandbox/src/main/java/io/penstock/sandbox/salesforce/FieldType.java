package io.penstock.sandbox.salesforce;

/** The types of fields, by the names that describe gives them. */
enum FieldType {
    ID("id", "tns:ID"),
    STRING("string", "xsd:string"),
    EMAIL("email", "xsd:string"),
    PHONE("phone", "xsd:string"),
    URL("url", "xsd:string"),
    TEXTAREA("textarea", "xsd:string"),
    PICKLIST("picklist", "xsd:string"),
    REFERENCE("reference", "tns:ID"),
    BOOLEAN("boolean", "xsd:boolean"),
    DOUBLE("double", "xsd:double"),
    CURRENCY("currency", "xsd:double"),
    INT("int", "xsd:int"),
    DATE("date", "xsd:date"),
    DATETIME("datetime", "xsd:dateTime");

    private final String describedAs;
    private final String soapType;

    FieldType(String describedAs, String soapType) {
        this.describedAs = describedAs;
        this.soapType = soapType;
    }

    String describedAs() {
        return describedAs;
    }

    String soapType() {
        return soapType;
    }

    boolean isText() {
        return switch (this) {
            case STRING, EMAIL, PHONE, URL, TEXTAREA, PICKLIST -> true;
            case ID, REFERENCE, BOOLEAN, DOUBLE, CURRENCY, INT, DATE, DATETIME -> false;
        };
    }

    boolean isNumber() {
        return switch (this) {
            case DOUBLE, CURRENCY, INT -> true;
            case ID, STRING, EMAIL, PHONE, URL, TEXTAREA, PICKLIST, REFERENCE, BOOLEAN, DATE, DATETIME -> false;
        };
    }

    boolean isId() {
        return this == ID || this == REFERENCE;
    }
}
