package io.penstock.sandbox.salesforce;

import static io.penstock.sandbox.salesforce.FieldType.BOOLEAN;
import static io.penstock.sandbox.salesforce.FieldType.CURRENCY;
import static io.penstock.sandbox.salesforce.FieldType.DATE;
import static io.penstock.sandbox.salesforce.FieldType.DATETIME;
import static io.penstock.sandbox.salesforce.FieldType.DOUBLE;
import static io.penstock.sandbox.salesforce.FieldType.EMAIL;
import static io.penstock.sandbox.salesforce.FieldType.ID;
import static io.penstock.sandbox.salesforce.FieldType.INT;
import static io.penstock.sandbox.salesforce.FieldType.PHONE;
import static io.penstock.sandbox.salesforce.FieldType.STRING;
import static io.penstock.sandbox.salesforce.FieldType.TEXTAREA;
import static io.penstock.sandbox.salesforce.FieldType.URL;
import static io.penstock.sandbox.salesforce.SalesforceField.of;
import static io.penstock.sandbox.salesforce.SalesforceField.picklist;
import static io.penstock.sandbox.salesforce.SalesforceField.reference;
import static io.penstock.sandbox.salesforce.SalesforceField.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object types of the org: Account, Contact and Lead, with a few custom fields as every org has them. */
final class SalesforceSchema {
    private static final String[] SOURCES = {"Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"};

    private final Map<String, SalesforceObject> objects = new LinkedHashMap<>();

    private SalesforceSchema(List<SalesforceObject> types) {
        types.forEach(type -> objects.put(type.name().toLowerCase(Locale.ROOT), type));
    }

    static SalesforceSchema standard() {
        return new SalesforceSchema(List.of(account(), contact(), lead()));
    }

    Collection<SalesforceObject> objects() {
        return objects.values();
    }

    /** By name, whatever its case. */
    @Nullable
    SalesforceObject object(String name) {
        return objects.get(name.toLowerCase(Locale.ROOT));
    }

    /** The type that an id belongs to. */
    @Nullable
    SalesforceObject ofId(String id) {
        return objects.values().stream()
                .filter(type -> id.startsWith(type.keyPrefix()))
                .findFirst()
                .orElse(null);
    }

    private static SalesforceObject account() {
        return new SalesforceObject(
                "Account",
                "Accounts",
                "001",
                with(
                        text("Name", "Account Name", STRING, 255).mandatory(),
                        picklist(
                                "Type", "Account Type", "Prospect", "Customer - Direct", "Customer - Channel", "Other"),
                        picklist("Industry", "Industry", "Agriculture", "Banking", "Energy", "Technology", "Other"),
                        of("AnnualRevenue", "Annual Revenue", CURRENCY),
                        of("NumberOfEmployees", "Employees", INT),
                        text("Phone", "Account Phone", PHONE, 40),
                        text("Website", "Website", URL, 255),
                        text("BillingStreet", "Billing Street", TEXTAREA, 255),
                        text("BillingCity", "Billing City", STRING, 40),
                        text("BillingPostalCode", "Billing Zip/Postal Code", STRING, 20),
                        text("BillingCountry", "Billing Country", STRING, 80),
                        text("Description", "Account Description", TEXTAREA, 32000),
                        text("Customer_Number__c", "Customer Number", STRING, 20)
                                .asExternalId(true),
                        text("Penstock_Mutation__c", "Penstock Mutation", STRING, 64)
                                .asExternalId(true)),
                List.of(new SalesforceObject.ValidationRule(
                        "AnnualRevenue",
                        "Annual revenue must not be negative.",
                        record -> record.path("AnnualRevenue").asDouble(0) < 0)),
                null);
    }

    private static SalesforceObject contact() {
        return new SalesforceObject(
                "Contact",
                "Contacts",
                "003",
                with(
                        reference("AccountId", "Account ID", "Account"),
                        text("FirstName", "First Name", STRING, 40),
                        text("LastName", "Last Name", STRING, 80).mandatory(),
                        text("Name", "Full Name", STRING, 121).derived(),
                        text("Email", "Email", EMAIL, 80),
                        text("Phone", "Business Phone", PHONE, 40),
                        text("MobilePhone", "Mobile Phone", PHONE, 40),
                        text("Title", "Title", STRING, 128),
                        text("Department", "Department", STRING, 80),
                        picklist("LeadSource", "Lead Source", SOURCES),
                        of("Birthdate", "Birthdate", DATE),
                        of("HasOptedOutOfEmail", "Email Opt Out", BOOLEAN),
                        of("DoNotCall", "Do Not Call", BOOLEAN),
                        text("MailingStreet", "Mailing Street", TEXTAREA, 255),
                        text("MailingCity", "Mailing City", STRING, 40),
                        text("MailingPostalCode", "Mailing Zip/Postal Code", STRING, 20),
                        text("MailingCountry", "Mailing Country", STRING, 80),
                        text("Description", "Contact Description", TEXTAREA, 32000),
                        text("Note__c", "Note", STRING, 255),
                        of("Lifetime_Value__c", "Lifetime Value", CURRENCY),
                        of("Score__c", "Score", DOUBLE).withScale(2),
                        of("Last_Seen__c", "Last Seen", DATETIME),
                        text("Legacy_Id__c", "Legacy Id", STRING, 32).asExternalId(false),
                        text("Penstock_Mutation__c", "Penstock Mutation", STRING, 64)
                                .asExternalId(true)),
                List.of(forbiddenLastName()),
                null);
    }

    private static SalesforceObject lead() {
        return new SalesforceObject(
                "Lead",
                "Leads",
                "00Q",
                with(
                        text("FirstName", "First Name", STRING, 40),
                        text("LastName", "Last Name", STRING, 80).mandatory(),
                        text("Name", "Full Name", STRING, 121).derived(),
                        text("Company", "Company", STRING, 255).mandatory(),
                        text("Email", "Email", EMAIL, 80),
                        text("Phone", "Phone", PHONE, 40),
                        text("Title", "Title", STRING, 128),
                        picklist("LeadSource", "Lead Source", SOURCES),
                        picklist("Status", "Status", "Open - Not Contacted", "Working - Contacted", "Closed")
                                .mandatory(),
                        of("AnnualRevenue", "Annual Revenue", CURRENCY),
                        text("Description", "Description", TEXTAREA, 32000),
                        text("Penstock_Mutation__c", "Penstock Mutation", STRING, 64)
                                .asExternalId(true)),
                List.of(forbiddenLastName()),
                "Email");
    }

    private static SalesforceObject.ValidationRule forbiddenLastName() {
        return new SalesforceObject.ValidationRule(
                "LastName",
                "This last name is not allowed.",
                record -> record.path("LastName").asText().equalsIgnoreCase("Forbidden"));
    }

    /** The fields that every object has, around its own. */
    private static List<SalesforceField> with(SalesforceField... own) {
        List<SalesforceField> fields = new ArrayList<>();
        fields.add(
                new SalesforceField("Id", "Record ID", ID, 18, 0, false, false, false, false, false, List.of(), null));
        fields.add(of("IsDeleted", "Deleted", BOOLEAN).readOnly());
        fields.addAll(List.of(own));
        fields.add(reference("OwnerId", "Owner ID", "User").mandatory());
        fields.add(of("CreatedDate", "Created Date", DATETIME).readOnly());
        fields.add(reference("CreatedById", "Created By ID", "User").readOnly());
        fields.add(of("LastModifiedDate", "Last Modified Date", DATETIME).readOnly());
        fields.add(reference("LastModifiedById", "Last Modified By ID", "User").readOnly());
        fields.add(of("SystemModstamp", "System Modstamp", DATETIME).readOnly());
        return fields;
    }
}
