package org.mirage4j.examples.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.mirage4j.core.MirageException;

/**
 * A reader under attack.
 *
 * @param name what it reads
 * @param seeds good inputs, from which bad ones are made
 * @param packaging what makes a file of an input; where a checksum or a compression would keep bad input out, it puts
 *     that around it
 * @param file where the reader looks for the input
 * @param read what is to be done with a file
 * @param declared what the reader may throw
 */
record Reader(
        String name,
        List<byte[]> seeds,
        UnaryOperator<byte[]> packaging,
        Path file,
        Consumer<Path> read,
        List<Class<? extends MirageException>> declared) {
    private static final long ALLOWANCE = 64L << 20;
    private static final long EXPANSION = 200;
    private static final int LONGEST_SENTENCE = 2000;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * Reads an input.
     *
     * @return whether it was accepted
     * @throws AssertionError if the reader does anything but accept or refuse
     */
    boolean accepts(byte[] input) {
        byte[] bytes = packaging.apply(input);
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        boolean accepted = isRead();
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > ALLOWANCE + EXPANSION * bytes.length) {
            throw new AssertionError(name + ": " + allocated + " bytes allocated for a file of " + bytes.length);
        }
        return accepted;
    }

    private boolean isRead() {
        try {
            read.accept(file);
            return true;
        } catch (MirageException e) {
            checkRefusal(e);
            return false;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            throw new AssertionError(name + ": " + e, e);
        }
    }

    private void checkRefusal(MirageException e) {
        if (declared.stream().noneMatch(type -> type == e.getClass())) {
            throw new AssertionError(name + ": " + e.getClass() + " is not declared", e);
        }
        String message = e.getMessage();
        if (message == null
                || message.isBlank()
                || message.contains("\n")
                || message.length() > LONGEST_SENTENCE
                || !message.contains(String.valueOf(file.getFileName()))) {
            throw new AssertionError(name + ": not one sentence that names the file: " + message, e);
        }
    }
}
