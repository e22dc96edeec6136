package org.mirage4j.core.run;

import java.util.regex.Pattern;

/** Names that are one plain path segment on every file system, so none can climb out of a folder. */
final class FlatName {
    static final String ALLOWED =
            "allowed are 1 to 100 letters, digits, dots, dashes and underscores, beginning with a letter or digit";

    private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private FlatName() {}

    static boolean isValid(String name) {
        return PATTERN.matcher(name).matches();
    }
}
