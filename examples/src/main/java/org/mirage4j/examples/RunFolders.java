package org.mirage4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where runs go whose folder nobody has chosen. */
final class RunFolders {
    private RunFolders() {}

    /** The first of runs/NAME-1, runs/NAME-2, ... that does not exist. */
    static Path nextFree(String name) {
        for (int n = 1; ; n++) {
            Path candidate = Path.of("runs", name + "-" + n);
            if (!Files.exists(candidate)) {
                return candidate;
            }
        }
    }
}
