package io.penstock.sandbox;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** jsforce, the Node client that Salesforce's own tools are built on, drives the sandbox: what it takes for an org is one for our purposes. */
class JsforceTest {
    @TestFactory
    List<DynamicTest> everyStepOfTheSession() throws IOException, InterruptedException {
        try (SalesforceSandbox sandbox = SalesforceSandbox.start()) {
            return NodeSession.steps("jsforce", sandbox);
        }
    }
}
