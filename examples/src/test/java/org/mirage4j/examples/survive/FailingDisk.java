package org.mirage4j.examples.survive;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;

/** The process that {@link FailingDiskTest} starts on a disk of its own: what a run says when that fails it. */
final class FailingDisk {
    private static final int FAILS_AFTER = 12;

    private FailingDisk() {}

    public static void main(String[] arguments) throws IOException {
        Path disk = Path.of(arguments[0]);
        Path filler = disk.resolve("filler");
        tell("vanished", disk.resolve("vanished"), () -> delete(disk.resolve("vanished")));
        tell("full", disk.resolve("full"), () -> fill(filler));
        Files.delete(filler);
        tell("read-only", disk.resolve("read-only"), () -> readOnly(disk.resolve("read-only")));
    }

    private static void tell(String name, Path folder, Runnable failure) {
        GanOptions options = GanOptions.builder(ArchitectureKind.DENSE)
                .width(8)
                .latent(4)
                .batch(8)
                .iterations(100)
                .checkpointEvery(5)
                .build();
        String outcome;
        try (GanRun run = GanRun.create(folder, options, new SyntheticDigits(0).examples(0, 40))) {
            run.train((done, statistics) -> {
                if (done == FAILS_AFTER) {
                    failure.run();
                }
                return true;
            });
            outcome = "nothing failed";
        } catch (MirageException e) {
            outcome = String.valueOf(e.getMessage());
        }
        if (Files.isDirectory(folder)) {
            outcome += ", last checkpoint "
                    + new CheckpointStore(folder.resolve("checkpoints"), 1)
                            .latest()
                            .orElseThrow()
                            .iteration();
        }
        System.out.println(name + ": " + outcome);
    }

    private static void fill(Path filler) {
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            // full, as wanted
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The checkpoints' folder only: a file system with a log open for writing cannot become read-only. */
    private static void readOnly(Path run) {
        String folder = "'" + run.resolve("checkpoints") + "'";
        String command = "mount --bind " + folder + " " + folder + " && mount -o remount,bind,ro " + folder;
        try {
            if (new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor() != 0) {
                throw new IllegalStateException(command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
