package io.penstock.sandbox;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** stripe, Stripe's own Node client, drives the sandbox. */
class StripeNodeTest {
    @TestFactory
    List<DynamicTest> everyStepOfTheSession() throws IOException, InterruptedException {
        try (StripeSandbox sandbox = StripeSandbox.start()) {
            return NodeSession.steps("stripe", sandbox);
        }
    }
}
