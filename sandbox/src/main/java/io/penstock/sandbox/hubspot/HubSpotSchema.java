package io.penstock.sandbox.hubspot;

import static io.penstock.sandbox.hubspot.HubSpotProperty.choice;
import static io.penstock.sandbox.hubspot.HubSpotProperty.of;
import static io.penstock.sandbox.hubspot.PropertyType.BOOLEAN;
import static io.penstock.sandbox.hubspot.PropertyType.DATE;
import static io.penstock.sandbox.hubspot.PropertyType.DATETIME;
import static io.penstock.sandbox.hubspot.PropertyType.EMAIL;
import static io.penstock.sandbox.hubspot.PropertyType.NUMBER;
import static io.penstock.sandbox.hubspot.PropertyType.PHONE;
import static io.penstock.sandbox.hubspot.PropertyType.STRING;
import static io.penstock.sandbox.hubspot.PropertyType.TEXTAREA;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The object types of the account: contacts, companies and deals, with a few custom properties as every account has them. */
final class HubSpotSchema {
    private final List<HubSpotObject> objects = List.of(contacts(), companies(), deals());

    List<HubSpotObject> objects() {
        return objects;
    }

    /** By its name, its singular or its type id. */
    @Nullable
    HubSpotObject object(String called) {
        return objects.stream()
                .filter(type -> type.isCalled(called))
                .findFirst()
                .orElse(null);
    }

    private static HubSpotObject contacts() {
        return new HubSpotObject(
                "contacts",
                "Contact",
                "0-1",
                "createdate",
                "lastmodifieddate",
                List.of("createdate", "email", "firstname", HubSpotObject.ID, "lastmodifieddate", "lastname"),
                List.of(
                        of("email", "Email", EMAIL).asUnique(),
                        of("firstname", "First Name", STRING),
                        of("lastname", "Last Name", STRING),
                        of("phone", "Phone Number", PHONE),
                        of("mobilephone", "Mobile Phone Number", PHONE),
                        of("jobtitle", "Job Title", STRING),
                        of("company", "Company Name", STRING),
                        of("city", "City", STRING),
                        of("country", "Country/Region", STRING),
                        of("website", "Website URL", STRING),
                        choice(
                                "lifecyclestage",
                                "Lifecycle Stage",
                                "subscriber",
                                "lead",
                                "marketingqualifiedlead",
                                "salesqualifiedlead",
                                "opportunity",
                                "customer",
                                "evangelist",
                                "other"),
                        choice(
                                "hs_lead_status",
                                "Lead Status",
                                "NEW",
                                "OPEN",
                                "IN_PROGRESS",
                                "OPEN_DEAL",
                                "UNQUALIFIED",
                                "ATTEMPTED_TO_CONTACT",
                                "CONNECTED",
                                "BAD_TIMING"),
                        of("hs_email_domain", "Email Domain", STRING).asReadOnly(),
                        of("note", "Note", TEXTAREA).asCustom(),
                        of("birthday", "Birthday", DATE).asCustom(),
                        of("last_seen", "Last Seen", DATETIME).asCustom(),
                        of("lifetime_value", "Lifetime Value", NUMBER).asCustom(),
                        of("newsletter", "Newsletter", BOOLEAN).asCustom(),
                        choice("interests", "Interests", "billing", "support", "training")
                                .checkboxes()
                                .asCustom()));
    }

    private static HubSpotObject companies() {
        return new HubSpotObject(
                "companies",
                "Company",
                "0-2",
                "createdate",
                "hs_lastmodifieddate",
                List.of("createdate", "domain", "hs_lastmodifieddate", HubSpotObject.ID, "name"),
                List.of(
                        of("name", "Company name", STRING),
                        of("domain", "Company Domain Name", STRING),
                        of("phone", "Phone Number", PHONE),
                        of("city", "City", STRING),
                        of("country", "Country/Region", STRING),
                        of("description", "Description", TEXTAREA),
                        of("annualrevenue", "Annual Revenue", NUMBER),
                        of("numberofemployees", "Number of Employees", NUMBER),
                        choice("industry", "Industry", "BANKING", "COMPUTER_SOFTWARE", "FARMING", "OIL_ENERGY"),
                        of("customer_number", "Customer Number", STRING)
                                .asUnique()
                                .asCustom()));
    }

    private static HubSpotObject deals() {
        return new HubSpotObject(
                "deals",
                "Deal",
                "0-3",
                "createdate",
                "hs_lastmodifieddate",
                List.of(
                        "amount",
                        "closedate",
                        "createdate",
                        "dealname",
                        "dealstage",
                        "hs_lastmodifieddate",
                        HubSpotObject.ID,
                        "pipeline"),
                List.of(
                        of("dealname", "Deal Name", STRING),
                        of("amount", "Amount", NUMBER),
                        of("closedate", "Close Date", DATETIME),
                        choice("pipeline", "Pipeline", "default"),
                        choice(
                                "dealstage",
                                "Deal Stage",
                                "appointmentscheduled",
                                "qualifiedtobuy",
                                "presentationscheduled",
                                "decisionmakerboughtin",
                                "contractsent",
                                "closedwon",
                                "closedlost"),
                        of("description", "Deal Description", TEXTAREA)));
    }
}
