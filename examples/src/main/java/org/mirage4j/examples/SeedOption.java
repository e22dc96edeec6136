package org.mirage4j.examples;

import picocli.CommandLine.Option;

/** Where random draws begin, for commands that train nothing or have no other options of training. */
final class SeedOption {
    @Option(
            names = "--seed",
            converter = WholeNumber.class,
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of every random draw. Default: ${DEFAULT-VALUE}.")
    private long seed;

    long value() {
        return seed;
    }
}
