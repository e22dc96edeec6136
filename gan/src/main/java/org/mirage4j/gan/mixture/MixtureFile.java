package org.mirage4j.gan.mixture;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.metrics.MixtureModes;

/** Reads the modes of a mixture from a text file. */
final class MixtureFile {
    private static final List<String> HEADER = List.of("x", "y", "sd", "weight");

    /** Each mode is looked at for each of thousands of points. */
    private static final int MAX_MODES = 10_000;

    private static final long MAX_BYTES = 1 << 20;

    private MixtureFile() {}

    static MixtureModes read(Path file) {
        List<double[]> rows = rows(file);
        return new MixtureModes(
                rows.stream().map(row -> new double[] {row[0], row[1]}).toArray(double[][]::new),
                rows.stream().mapToDouble(row -> row[2]).toArray(),
                rows.stream().mapToDouble(row -> row[3]).toArray());
    }

    private static List<double[]> rows(Path file) {
        List<String> lines = lines(file);
        List<double[]> rows = new ArrayList<>();
        boolean headed = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> fields = List.of(line.split("\\s*,\\s*", -1));
            if (headed) {
                rows.add(row(file + ", line " + (i + 1), fields));
            } else if (fields.equals(HEADER)) {
                headed = true;
            } else {
                throw new MirageException(
                        file + " must begin with the line x,y,sd,weight, but line " + (i + 1) + " is \"" + line + "\"");
            }
        }
        if (rows.isEmpty() || rows.size() > MAX_MODES) {
            throw new MirageException(file + " must hold the line x,y,sd,weight and from 1 to " + MAX_MODES
                    + " modes, but holds " + rows.size() + " modes");
        }
        return rows;
    }

    private static double[] row(String place, List<String> fields) {
        if (fields.size() != HEADER.size()) {
            throw new MirageException(
                    place + ", must have " + HEADER.size() + " fields (x,y,sd,weight), but has " + fields.size());
        }
        double[] row = new double[HEADER.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = number(place, HEADER.get(i), fields.get(i));
        }
        return row;
    }

    private static double number(String place, String field, String text) {
        boolean positive = field.equals("sd") || field.equals("weight");
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value) && (!positive || value > 0)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new MirageException(place + ": " + field + " must be a " + (positive ? "positive " : "finite ")
                + "number, but is \"" + text + "\"");
    }

    private static List<String> lines(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new MirageException(file + " is no file; a mixture is ring, grid or a file of modes");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new MirageException(
                        file + " is too large for a mixture: " + Files.size(file) + " bytes, allowed are " + MAX_BYTES);
            }
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new MirageException(file + " is not a text file in UTF-8", e);
        } catch (IOException e) {
            throw new MirageException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
