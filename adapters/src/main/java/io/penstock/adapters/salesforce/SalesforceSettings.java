package io.penstock.adapters.salesforce;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What configuration says about the API of an account.
 *
 * @param apiVersion such as {@code v62.0}
 * @param serverTimeout how long a request that nobody waits for may still run there. Salesforce ends a REST call after ten minutes
 */
public record SalesforceSettings(String apiVersion, Duration serverTimeout) {
    /** Before DEFAULT, whose constructor needs it. */
    private static final Pattern VERSION = Pattern.compile("v[1-9][0-9]*\\.0");

    public static final SalesforceSettings DEFAULT = new SalesforceSettings("v62.0", Duration.ofMinutes(10));

    public SalesforceSettings {
        if (!VERSION.matcher(apiVersion).matches()) {
            throw new IllegalArgumentException("an API version looks like v62.0, not " + apiVersion);
        }
        if (serverTimeout.isNegative()) {
            throw new IllegalArgumentException("the server's timeout must not be negative");
        }
    }
}
