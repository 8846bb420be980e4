package io.penstock.config;

/** The APIs that are built in, with what their request limits allow one statement. */
public enum ApiType {
    /** sObject Collections take 200 records a request. */
    SALESFORCE(new RowLimits(200, 200, 200), "62.0", "https://login.salesforce.com");

    private final RowLimits maximum;
    private final String defaultVersion;
    private final String defaultLoginUrl;

    ApiType(RowLimits maximum, String defaultVersion, String defaultLoginUrl) {
        this.maximum = maximum;
        this.defaultVersion = defaultVersion;
        this.defaultLoginUrl = defaultLoginUrl;
    }

    /** What one request of the API can carry: settings may lower it and never raise it. */
    public RowLimits maximum() {
        return maximum;
    }

    public String defaultVersion() {
        return defaultVersion;
    }

    public String defaultLoginUrl() {
        return defaultLoginUrl;
    }
}
