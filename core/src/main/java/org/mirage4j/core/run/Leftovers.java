package org.mirage4j.core.run;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.mirage4j.core.io.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process that was killed while it wrote has left in a run's folder. */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private Leftovers() {}

    /**
     * Deletes temporary files, but not those of runs inside the run, which have a lock of their own.
     *
     * @param folder a folder whose lock the caller has, so that nobody is at work on the files
     * @param manifest the file that makes a folder a run
     */
    static void remove(Path folder, String manifest) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
                    boolean other = !inner.equals(folder)
                            && (Files.exists(inner.resolve(manifest)) || Files.exists(inner.resolve(RunLock.FILE)));
                    return other ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (AtomicFile.isTemporary(file)) {
                        Files.deleteIfExists(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warn("Cannot delete what a killed process left in {}: {}", folder, Reason.of(e));
        }
    }
}
