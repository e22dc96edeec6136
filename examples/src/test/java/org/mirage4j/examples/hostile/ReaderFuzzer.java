package org.mirage4j.examples.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Jazzer calls. The system property {@code readers} names those to attack, all by default; the first byte of an
 * input decides which of them reads the rest. How many inputs each had is kept in {@code inputs.csv}.
 */
public final class ReaderFuzzer {
    private static final int WRITE_EVERY = 1000;

    private static final List<Reader> READERS = new ArrayList<>();
    private static final Path COUNTS = Path.of("inputs.csv");

    private static long[] counts = {};
    private static long inputs;

    private ReaderFuzzer() {}

    /** Prepares the readers, and their good inputs in the folder {@code corpus}. */
    public static void fuzzerInitialize() {
        String wanted = System.getProperty("readers", String.join(",", Readers.NAMES));
        try {
            Path folder = Files.createTempDirectory("fuzz");
            Path corpus = Files.createDirectories(Path.of("corpus"));
            for (String name : wanted.split(",")) {
                Reader reader = Readers.create(name, folder.resolve(name));
                for (int i = 0; i < reader.seeds().size(); i++) {
                    byte[] seed = reader.seeds().get(i);
                    byte[] input = new byte[seed.length + 1];
                    input[0] = (byte) READERS.size();
                    System.arraycopy(seed, 0, input, 1, seed.length);
                    Files.write(corpus.resolve(name + "-" + i), input);
                }
                READERS.add(reader);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        counts = new long[READERS.size()];
    }

    /**
     * Reads one input.
     *
     * @param input any bytes
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int chosen = Byte.toUnsignedInt(input[0]) % READERS.size();
        counts[chosen]++;
        inputs++;
        if (inputs % WRITE_EVERY == 0) {
            writeCounts();
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        try {
            READERS.get(chosen).accepts(rest);
        } catch (AssertionError first) {
            // the first time may have loaded classes, on which the agent spends more memory than any input may
            READERS.get(chosen).accepts(rest);
        }
    }

    private static void writeCounts() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            lines.add(READERS.get(i).name() + "," + counts[i]);
        }
        try {
            Files.write(COUNTS, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
