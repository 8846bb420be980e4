package io.penstock.adapters.definition;

import io.penstock.adapters.TableRequest;
import java.util.Map;

/** A table of Airtable as its base describes it. */
final class AirtableTasks {
    static final String TABLES = """
            {'tables':[
              {'id':'tblOther','name':'Other','fields':[{'id':'fldX','name':'X','type':'singleLineText'}]},
              {'id':'tblTasks','name':'Tasks & more','fields':[
                {'id':'fld1','name':'Name','type':'singleLineText'},
                {'id':'fld2','name':'Due date','type':'date','description':'When it has to be done'},
                {'id':'fld3','name':'Done','type':'checkbox'},
                {'id':'fld4','name':'Status','type':'singleSelect'},
                {'id':'fld5','name':'Tags','type':'multipleSelects'},
                {'id':'fld6','name':'Project','type':'multipleRecordLinks'},
                {'id':'fld7','name':'Effort','type':'number'},
                {'id':'fld8','name':'Starts','type':'dateTime'},
                {'id':'fld9','name':'Files','type':'multipleAttachments'},
                {'id':'fldA','name':'Total','type':'formula'},
                {'id':'fldB','name':'Changed','type':'lastModifiedTime'},
                {'id':'fldC','name':'No.','type':'autoNumber'},
                {'id':'fldD','name':'Penstock','type':'singleLineText'},
                {'id':'fldE','name':'Next','type':'somethingNew'}]}]}
            """;

    static final TableRequest REQUEST =
            Api.request("airtable", "Tasks & more", "Penstock", null, Map.of("base", "appBase1234567890"));

    static final Api API = Api.described("airtable", REQUEST, TABLES, "rec%014d");

    private AirtableTasks() {}
}
