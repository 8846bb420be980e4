package io.penstock.sandbox;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Airtable's own Node client drives the sandbox: what it takes for a workspace is one for our purposes. */
class AirtableClientTest {
    @TestFactory
    List<DynamicTest> everyStepOfTheSession() throws IOException, InterruptedException {
        try (AirtableSandbox sandbox = AirtableSandbox.start()) {
            return NodeSession.steps("airtable", sandbox);
        }
    }
}
