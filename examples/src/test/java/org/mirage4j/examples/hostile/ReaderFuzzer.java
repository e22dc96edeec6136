package org.mirage4j.examples.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What Jazzer calls: one reader of {@link Readers#NAMES}, by the system property {@code reader}. */
public final class ReaderFuzzer {
    private static @Nullable Reader reader;

    private ReaderFuzzer() {}

    /** Prepares the reader, and the corpus in the folder of the system property {@code corpus}. */
    public static void fuzzerInitialize() {
        try {
            Reader prepared = Readers.create(
                    System.getProperty("reader", ""), Files.createTempDirectory(Path.of("/dev/shm"), "fuzz"));
            Path corpus = Files.createDirectories(Path.of(System.getProperty("corpus", "corpus")));
            for (int i = 0; i < prepared.seeds().size(); i++) {
                Files.write(corpus.resolve("seed-" + i), prepared.seeds().get(i));
            }
            reader = prepared;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads one input.
     *
     * @param input any bytes
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (reader != null) {
            reader.accepts(input);
        }
    }
}
