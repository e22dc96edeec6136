package org.mirage4j.gan;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of the sample grids that a run draws while it trains. */
final class SampleName {
    private static final Pattern PATTERN = Pattern.compile("iteration-([0-9]{7,18})\\.png");

    private SampleName() {}

    static String of(long iteration) {
        return String.format(Locale.ROOT, "iteration-%07d", iteration);
    }

    /** The iteration of a grid; beyond all iterations for any other file. */
    static long iteration(Path file) {
        Matcher name = PATTERN.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : Long.MAX_VALUE;
    }
}
