package org.mirage4j.core.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.Pointer;
import org.mirage4j.core.MirageException;

/**
 * Refuses in a sentence what cannot fit into memory, before memory is asked for: a failed request ends in an error of a
 * library that does not say what was too large. Safe for concurrent use.
 */
public final class Room {
    /** Elements of the largest array of Java. */
    public static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int STEP = 1024;

    private Room() {}

    /**
     * Refuses what needs more native memory than there may be, all other use left aside.
     *
     * @param what what needs it, in the plural, such as "7 images of 1 x 28 x 28"
     * @param bytes how much, in bytes; a double, as the product may be beyond all whole numbers
     * @throws MirageException if it is more than the process may use
     */
    public static void requireNative(String what, double bytes) {
        require(what, bytes, nativeLimit(), "native memory", "-Dorg.bytedeco.javacpp.maxbytes or -Xmx");
    }

    /**
     * Refuses what needs more of Java's heap than there may be, all other use left aside.
     *
     * @param what what needs it, in the plural
     * @param bytes how much, in bytes
     * @throws MirageException if it is more than the heap may grow to
     */
    public static void requireHeap(String what, double bytes) {
        require(what, bytes, Runtime.getRuntime().maxMemory(), "Java heap", "-Xmx");
    }

    /**
     * The number of elements of an array.
     *
     * @param what what the array holds, in the plural
     * @param sizes the sizes of its dimensions, none negative
     * @return their product
     * @throws MirageException if it is more than an array of Java holds
     */
    public static int elements(String what, long... sizes) {
        double product = 1;
        for (long size : sizes) {
            product *= size;
        }
        if (product > LARGEST_ARRAY) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s are %s = %.0f numbers, but an array of Java holds at most %d; ask for less",
                    what,
                    LongStream.of(sizes).mapToObj(Long::toString).collect(Collectors.joining(" x ")),
                    product,
                    LARGEST_ARRAY));
        }
        return Math.toIntExact(Arrays.stream(sizes).reduce(1, Math::multiplyExact));
    }

    private static void require(String what, double bytes, long limit, String kind, String option) {
        if (bytes > limit) {
            throw new MirageException(what + " need " + text(bytes) + " of " + kind + ", but at most "
                    + text((double) limit) + " may be used; ask for less, or raise the limit (Java's " + option + ")");
        }
    }

    /** The least of the limits that are set, else what the machine has. */
    private static long nativeLimit() {
        return LongStream.of(Pointer.maxBytes(), Pointer.maxPhysicalBytes())
                .filter(limit -> limit > 0)
                .min()
                .orElseGet(() -> ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
                        ? machine.getTotalMemorySize()
                        : Long.MAX_VALUE);
    }

    private static String text(double bytes) {
        int unit = 0;
        double value = bytes;
        while (value >= STEP && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }
}
