package org.mirage4j.examples;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;

/** Where runs go whose folder nobody has chosen. */
final class RunFolders {
    private static final Path PARENT = Path.of("runs");

    private RunFolders() {}

    /**
     * Begins a run in the folder given, or in the next that is free; a folder made for a run that does not begin goes
     * again.
     */
    static <R> R begin(@Nullable Path given, String name, Function<Path, R> begin) {
        if (given != null) {
            return begin.apply(given);
        }
        Path folder = claimNextFree(PARENT, name);
        try {
            return begin.apply(folder);
        } catch (RuntimeException | Error e) {
            removeIfEmpty(folder);
            throw e;
        }
    }

    /** Creates the first of NAME-1, NAME-2, ... that does not exist, so that nobody else gets it. */
    static Path claimNextFree(Path parent, String name) {
        try {
            Files.createDirectories(parent);
            for (int n = 1; ; n++) {
                Path candidate = parent.resolve(name + "-" + n);
                try {
                    return Files.createDirectory(candidate);
                } catch (FileAlreadyExistsException e) {
                    // somebody was quicker, or it has been there
                }
            }
        } catch (IOException e) {
            throw new MirageException(
                    "cannot create a folder in " + parent.toAbsolutePath() + ": " + e.getMessage()
                            + "; name one with --out",
                    e);
        }
    }

    static void removeIfEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // It holds something, so it is not ours to remove.
        }
    }
}
