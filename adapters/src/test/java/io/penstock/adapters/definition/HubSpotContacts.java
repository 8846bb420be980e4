package io.penstock.adapters.definition;

import io.penstock.adapters.RowLimits;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Contacts of HubSpot as its properties describe them. */
final class HubSpotContacts {
    static final String PROPERTIES = """
            {'results':[
              {'name':'email','label':'Email','type':'string','fieldType':'text','calculated':false,'hasUniqueValue':true,
               'modificationMetadata':{'readOnlyValue':false}},
              {'name':'firstname','label':'First Name','type':'string','fieldType':'text','modificationMetadata':{'readOnlyValue':false}},
              {'name':'annualrevenue','label':'Annual Revenue','type':'number','fieldType':'number'},
              {'name':'closedate','label':'Close Date','type':'datetime','fieldType':'date'},
              {'name':'date_of_birth','label':'Birth','type':'date','fieldType':'date'},
              {'name':'opted_in','label':'Opted in','type':'enumeration','fieldType':'booleancheckbox'},
              {'name':'interests','label':'Interests','type':'enumeration','fieldType':'checkbox'},
              {'name':'lifecyclestage','label':'Stage','type':'enumeration','fieldType':'radio'},
              {'name':'num_notes','label':'Notes','type':'number','fieldType':'number','calculated':true},
              {'name':'hs_object_id','label':'Record ID','type':'number','fieldType':'number','modificationMetadata':{'readOnlyValue':true}},
              {'name':'old','label':'Old','type':'string','fieldType':'text','archived':true},
              {'name':'penstock_mutation','label':'Penstock','type':'string','fieldType':'text','hasUniqueValue':true}]}
            """;

    static final Api API = with("penstock_mutation", new RowLimits(100, 100, 100));

    private HubSpotContacts() {}

    static Api with(String correlationField, @Nullable RowLimits limits) {
        return Api.described(
                "hubspot", Api.request("hubspot", "contacts", correlationField, limits, Map.of()), PROPERTIES, "%d");
    }
}
