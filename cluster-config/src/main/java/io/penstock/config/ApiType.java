package io.penstock.config;

/** Which API an account is of, with what one request of it takes at most: settings may lower that and never raise it. */
public enum ApiType {
    /** sObject Collections take 200 records a request. */
    SALESFORCE(200),
    /** Batches of 100. */
    HUBSPOT(100),
    /** Ten records a request. */
    AIRTABLE(10),
    /** A request for each row; as many as HubSpot takes in one. */
    STRIPE(100),
    /** A hundred mutations in a document of GraphQL. */
    GITHUB(100),
    /** An API by the user's own definition, which says how many; more than this no statement may change in any case. */
    DEFINITION(10_000);

    private final int mostRows;

    ApiType(int mostRows) {
        this.mostRows = mostRows;
    }

    /** Rows of one statement, whichever its verb. */
    public int mostRows() {
        return mostRows;
    }
}
