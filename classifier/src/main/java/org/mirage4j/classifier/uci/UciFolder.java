package org.mirage4j.classifier.uci;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.mirage4j.core.MirageException;

/**
 * A data set of the UCI regression benchmark in its published layout: {@code data.txt} (numbers between white
 * space, one example a line), {@code index_features.txt}, {@code index_target.txt}, {@code index_train_i.txt}
 * and {@code index_test_i.txt} for every split i, {@code n_splits.txt}, {@code n_hidden.txt},
 * {@code n_epochs.txt}, {@code dropout_rates.txt} and {@code tau_values.txt}. Immutable.
 */
public final class UciFolder {
    private final Path folder;
    private final double[][] features;
    private final double[] targets;
    private final int splits;
    private final int hidden;
    private final int epochs;
    private final List<Double> rates;
    private final List<Double> taus;

    /** Features and targets of some examples. */
    static final class Part {
        final double[][] features;
        final double[] targets;

        Part(double[][] features, double[] targets) {
            this.features = features;
            this.targets = targets;
        }
    }

    private UciFolder(Path folder) {
        this.folder = folder;
        double[][] data = matrix("data.txt");
        int[] columns = indices("index_features.txt", data[0].length);
        int target = indices("index_target.txt", data[0].length)[0];
        this.features = Arrays.stream(data)
                .map(row -> Arrays.stream(columns).mapToDouble(j -> row[j]).toArray())
                .toArray(double[][]::new);
        this.targets = Arrays.stream(data).mapToDouble(row -> row[target]).toArray();
        this.splits = positive("n_splits.txt");
        this.hidden = positive("n_hidden.txt");
        this.epochs = positive("n_epochs.txt");
        this.rates = Arrays.stream(numbers("dropout_rates.txt")).boxed().toList();
        this.taus = Arrays.stream(numbers("tau_values.txt")).boxed().toList();
    }

    /**
     * Reads a data set.
     *
     * @param folder the folder with {@code data.txt}, or the one around it
     * @return the data set
     * @throws MirageException if a file is missing or holds something else than it should
     */
    public static UciFolder read(Path folder) {
        Path inner = folder.resolve("data");
        return new UciFolder(Files.isDirectory(inner) ? inner : folder);
    }

    /**
     * The number of examples.
     *
     * @return lines of {@code data.txt}
     */
    public int size() {
        return targets.length;
    }

    /**
     * The number of splits.
     *
     * @return 20 in most published sets
     */
    public int splits() {
        return splits;
    }

    /**
     * The units of the hidden layer.
     *
     * @return 50 in most published sets
     */
    public int hidden() {
        return hidden;
    }

    /**
     * The number of epochs, to be multiplied by the experiment.
     *
     * @return 40 in most published sets
     */
    public int epochs() {
        return epochs;
    }

    /**
     * The dropout rates to choose from.
     *
     * @return shares dropped
     */
    public List<Double> rates() {
        return rates;
    }

    /**
     * The precisions to choose from.
     *
     * @return values of tau
     */
    public List<Double> taus() {
        return taus;
    }

    /** SHA-256 over all files, so that a run is not gone on with on other data of the same name. */
    String fingerprint() {
        List<String> files = new ArrayList<>(List.of(
                "data.txt",
                "index_features.txt",
                "index_target.txt",
                "n_hidden.txt",
                "n_epochs.txt",
                "dropout_rates.txt",
                "tau_values.txt"));
        for (int split = 0; split < splits; split++) {
            files.add(trainingFile(split));
            files.add(testFile(split));
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String file : files) {
                byte[] content = Files.readAllBytes(folder.resolve(file));
                digest.update(ByteBuffer.allocate(Integer.BYTES)
                        .putInt(content.length)
                        .flip());
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new MirageException(folder + " cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String trainingFile(int split) {
        return "index_train_" + split + ".txt";
    }

    private static String testFile(int split) {
        return "index_test_" + split + ".txt";
    }

    Part training(int split) {
        return part(trainingFile(split));
    }

    Part test(int split) {
        return part(testFile(split));
    }

    private Part part(String file) {
        int[] rows = indices(file, targets.length);
        return new Part(
                Arrays.stream(rows).mapToObj(i -> features[i]).toArray(double[][]::new),
                Arrays.stream(rows).mapToDouble(i -> targets[i]).toArray());
    }

    private int positive(String file) {
        double[] values = numbers(file);
        if (values.length != 1 || values[0] < 1 || values[0] != Math.rint(values[0])) {
            throw new MirageException(
                    folder.resolve(file) + " must hold one whole number above 0, but holds " + Arrays.toString(values));
        }
        return (int) values[0];
    }

    private int[] indices(String file, int below) {
        double[] values = numbers(file);
        for (double value : values) {
            if (value < 0 || value >= below || value != Math.rint(value)) {
                throw new MirageException(
                        folder.resolve(file) + " must hold whole numbers in [0, " + below + "), but holds " + value);
            }
        }
        return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
    }

    private double[] numbers(String file) {
        return Arrays.stream(matrix(file)).flatMapToDouble(Arrays::stream).toArray();
    }

    private double[][] matrix(String file) {
        Path path = folder.resolve(file);
        List<double[]> rows = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
                if (!line.isBlank()) {
                    rows.add(Arrays.stream(line.trim().split("\\s+"))
                            .mapToDouble(Double::parseDouble)
                            .toArray());
                }
            }
        } catch (IOException e) {
            throw new MirageException(path + " cannot be read: " + e.getMessage(), e);
        } catch (NumberFormatException e) {
            throw new MirageException(
                    path + ", line " + (rows.size() + 1) + ", must hold numbers between white space: " + e.getMessage(),
                    e);
        }
        if (rows.isEmpty() || rows.stream().anyMatch(row -> row.length != rows.get(0).length)) {
            throw new MirageException(path + " must hold lines with equally many numbers, but has " + rows.size()
                    + " lines with "
                    + rows.stream().map(row -> row.length).distinct().toList() + " numbers");
        }
        return rows.toArray(double[][]::new);
    }
}
