package org.mirage4j.classifier.table;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mirage4j.core.io.AtomicFile;

/**
 * What a regressor says about one row, in the target's units.
 *
 * @param mean the mean over passes
 * @param lower lower end of the interval
 * @param upper upper end of the interval
 * @param deviation all uncertainty: the root of the two below squared and summed
 * @param modelDeviation how much the passes disagree
 * @param noiseDeviation how noisy the target is
 * @param tooWide whether the interval is wider than allowed
 * @param outside the columns that lie outside what training has seen
 */
public record TableEstimate(
        double mean,
        double lower,
        double upper,
        double deviation,
        double modelDeviation,
        double noiseDeviation,
        boolean tooWide,
        List<String> outside) {

    /**
     * Copies the list.
     *
     * @param mean any
     * @param lower any
     * @param upper any
     * @param deviation any
     * @param modelDeviation any
     * @param noiseDeviation any
     * @param tooWide any
     * @param outside any
     */
    public TableEstimate {
        outside = List.copyOf(outside);
    }

    /**
     * Whether a person is to be asked.
     *
     * @return true if the interval is too wide or a column out of range, or a number is not finite
     */
    public boolean askPerson() {
        return tooWide || !outside.isEmpty() || !Double.isFinite(mean) || !Double.isFinite(upper - lower);
    }

    private String because() {
        List<String> reasons = new ArrayList<>();
        if (tooWide) {
            reasons.add("width");
        }
        if (!outside.isEmpty()) {
            reasons.add("range");
        }
        return String.join("; ", reasons);
    }

    /**
     * Writes estimates as CSV with the columns mean, lower, upper, sd, sd_model, sd_noise, ask_a_person, because (width,
     * range) and outside (the columns out of range), both separated by semicolons, in the order of the rows.
     *
     * @param estimates what to write
     * @param file where to
     * @throws org.mirage4j.core.MirageException if the file cannot be written
     */
    public static void write(List<TableEstimate> estimates, Path file) {
        AtomicFile.write(file, out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            CsvWriter csv = CsvWriter.builder().build(writer);
            csv.writeRecord(
                    "mean", "lower", "upper", "sd", "sd_model", "sd_noise", "ask_a_person", "because", "outside");
            for (TableEstimate estimate : estimates) {
                csv.writeRecord(
                        Double.toString(estimate.mean()),
                        Double.toString(estimate.lower()),
                        Double.toString(estimate.upper()),
                        Double.toString(estimate.deviation()),
                        Double.toString(estimate.modelDeviation()),
                        Double.toString(estimate.noiseDeviation()),
                        Boolean.toString(estimate.askPerson()),
                        estimate.because(),
                        String.join("; ", estimate.outside()));
            }
            csv.close();
        });
    }
}
