package io.penstock.sandbox;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** HubSpot's own Node client drives the sandbox: what it takes for an account is one for our purposes. */
class HubSpotClientTest {
    @TestFactory
    List<DynamicTest> everyStepOfTheSession() throws IOException, InterruptedException {
        try (HubSpotSandbox sandbox = HubSpotSandbox.start()) {
            return NodeSession.steps("hubspot", sandbox);
        }
    }
}
