package io.penstock.sandbox;

import java.util.function.Supplier;

/** What every sandbox's main class does: options with a value each onto a configuration, and a sandbox that runs until it is killed. */
final class Options {
    /** A configuration with one option more; an {@link IllegalArgumentException} says what is wrong with it. */
    interface Reader<C> {
        C with(C config, String option, String value);
    }

    private Options() {}

    static <C> C read(C config, Reader<C> reader, String... arguments) {
        C read = config;
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("no value for " + arguments[i]);
            }
            read = reader.with(read, arguments[i], arguments[i + 1]);
        }
        return read;
    }

    /** Prints the address on one line of standard output when the sandbox is ready; ends the process with 2 for a wrong option. */
    static void run(String name, String usage, Supplier<Sandbox> start) {
        Sandbox sandbox;
        try {
            sandbox = start.get();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + usage);
            System.exit(2);
            return;
        }
        System.out.println(name + " sandbox: " + sandbox.uri());
        sandbox.awaitClosed();
    }
}
