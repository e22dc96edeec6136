package org.mirage4j.core.data;

import java.util.Arrays;
import java.util.Locale;
import org.mirage4j.core.MirageException;

/** Labels as rows of a single 1 among zeros. */
final class OneHot {
    private OneHot() {}

    /**
     * Reads labels.
     *
     * @param name what the examples are called
     * @param rows [N, classes] in row-major order
     * @param classes at least 1
     * @param first number of the first example, for messages
     * @return the class of each example
     * @throws MirageException if a row is something else: soft, empty, or a number to be predicted
     */
    static int[] read(String name, float[] rows, int classes, long first) {
        int[] labels = new int[rows.length / classes];
        for (int i = 0; i < labels.length; i++) {
            int ones = 0;
            int others = 0;
            for (int c = 0; c < classes; c++) {
                float value = rows[i * classes + c];
                if (value == 1) {
                    ones++;
                    labels[i] = c;
                } else if (value != 0) {
                    others++;
                }
            }
            if (ones != 1 || others != 0) {
                throw new MirageException(String.format(
                        Locale.ROOT,
                        "%s: labels must be one-hot (a single 1, the rest 0), but label %d is %s",
                        name,
                        first + i,
                        text(Arrays.copyOfRange(rows, i * classes, (i + 1) * classes))));
            }
        }
        return labels;
    }

    private static String text(float[] row) {
        int shown = 10;
        return row.length <= shown
                ? Arrays.toString(row)
                : Arrays.toString(Arrays.copyOf(row, shown)).replace("]", ", ...]");
    }
}
