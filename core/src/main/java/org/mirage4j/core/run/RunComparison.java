package org.mirage4j.core.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What two runs have in common: how they were set up, and what they came to, bit for bit. Immutable.
 *
 * @param settings what is set up differently, from data and options to the environment
 * @param numbers how many numbers of metrics and checkpoints were compared
 * @param unequal which metrics columns and checkpoint entries are not bit for bit the same
 * @param firstRow largest relative difference in the first row of the metrics that both have: what has not yet grown
 *     by chance; NaN if they have none
 * @param state largest distance of two arrays of the checkpoints, relative to their size; NaN if there are none
 */
public record RunComparison(
        List<Difference> settings, long numbers, List<String> unequal, double firstRow, double state) {
    /** What tells of time and place, which are never the same. */
    private static final Set<String> TIMES = Set.of("seconds");

    /** What the bits of a result stand on. */
    private static final Set<String> BASIS =
            Set.of("backend", "nativeClassifier", "blas", "blasKernel", "threads", "oneDnn", "engine");

    /**
     * One thing that is not the same.
     *
     * @param what its name
     * @param first what it is in the first run, "-" for nothing
     * @param second what it is in the second
     */
    public record Difference(String what, String first, String second) {}

    /**
     * Copies the lists.
     *
     * @param settings any
     * @param numbers any
     * @param unequal any
     * @param firstRow any
     * @param state any
     */
    public RunComparison {
        settings = List.copyOf(settings);
        unequal = List.copyOf(unequal);
    }

    /**
     * Compares two runs; metrics row by row where both have one for the same iteration or epoch, and the newest
     * checkpoints if they are of the same.
     *
     * @param first a run
     * @param second another
     * @return what differs
     * @throws org.mirage4j.core.MirageException if one of them is damaged
     */
    public static RunComparison of(RunDirectory first, RunDirectory second) {
        Results results = new Results();
        results.compareMetrics(first, second);
        results.compareCheckpoints(first, second);
        return new RunComparison(
                settings(first, second),
                results.numbers,
                List.copyOf(results.unequal),
                results.firstRow,
                results.state);
    }

    /**
     * Whether equal settings must give equal bits: backend, libraries and threads are the same.
     *
     * @return true if they are
     */
    public boolean sameBasis() {
        return settings.stream().noneMatch(difference -> BASIS.contains(difference.what()));
    }

    private static List<Difference> settings(RunDirectory first, RunDirectory second) {
        Map<String, String> a = describe(first);
        Map<String, String> b = describe(second);
        Set<String> names = new LinkedHashSet<>(a.keySet());
        names.addAll(b.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String name : names) {
            String left = a.getOrDefault(name, "-");
            String right = b.getOrDefault(name, "-");
            if (!left.equals(right)) {
                differences.add(new Difference(name, left, right));
            }
        }
        return differences;
    }

    private static Map<String, String> describe(RunDirectory run) {
        Manifest manifest = run.manifest();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kind", manifest.kind());
        facts.put("seed", Long.toString(manifest.seed()));
        facts.put("data", manifest.dataName());
        facts.put("data fingerprint", manifest.dataFingerprint());
        flatten("", run.config(), facts);
        facts.put("mirage4j", manifest.codeVersion());
        facts.putAll(manifest.environment());
        return facts;
    }

    private static void flatten(String prefix, Map<?, ?> group, Map<String, String> facts) {
        group.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flatten(prefix + name + ".", inner, facts);
            } else {
                facts.put(prefix + name, String.valueOf(value));
            }
        });
    }

    /** Collects what two runs came to. */
    private static final class Results {
        private final Set<String> unequal = new LinkedHashSet<>();
        private long numbers;
        private double firstRow = Double.NaN;
        private double state = Double.NaN;

        void compareMetrics(RunDirectory first, RunDirectory second) {
            MetricsTable a = MetricsTable.read(first.metrics());
            MetricsTable b = MetricsTable.read(second.metrics());
            String key = a.columns().get(0);
            if (!b.columns().contains(key)) {
                unequal.addAll(a.columns());
                return;
            }
            Map<Double, Integer> rows = new HashMap<>();
            double[] keys = b.column(key);
            for (int row = 0; row < keys.length; row++) {
                rows.put(keys[row], row);
            }
            double[] wanted = a.column(key);
            for (String column : a.columns()) {
                if (TIMES.contains(column)) {
                    continue;
                }
                if (!b.columns().contains(column)) {
                    unequal.add(column);
                    continue;
                }
                double[] left = a.column(column);
                double[] right = b.column(column);
                boolean begun = false;
                for (int row = 0; row < left.length; row++) {
                    Integer other = rows.get(wanted[row]);
                    if (other != null) {
                        compare(column, left[row], right[other], !begun);
                        begun = true;
                    }
                }
            }
        }

        /** What one of them did not measure there, because it went on and the other ended, cannot be compared. */
        private void compare(String column, double left, double right, boolean first) {
            if (Double.isNaN(left) != Double.isNaN(right)) {
                return;
            }
            numbers++;
            boolean same = Double.doubleToLongBits(left) == Double.doubleToLongBits(right);
            if (!same) {
                unequal.add(column);
            }
            if (first) {
                double size = Math.max(Math.max(Math.abs(left), Math.abs(right)), Double.MIN_NORMAL);
                double distance = same ? 0 : Math.abs(left - right) / size;
                firstRow = Double.isNaN(firstRow) ? distance : Math.max(firstRow, distance);
            }
        }

        void compareCheckpoints(RunDirectory first, RunDirectory second) {
            Checkpoint a = new CheckpointStore(first.checkpoints(), 1).latest().orElse(null);
            Checkpoint b = new CheckpointStore(second.checkpoints(), 1).latest().orElse(null);
            if (a == null || b == null || a.iteration() != b.iteration()) {
                if (a != null || b != null) {
                    unequal.add("checkpoint (" + (a == null ? "none" : "of " + a.iteration()) + " and "
                            + (b == null ? "none" : "of " + b.iteration()) + ")");
                }
                return;
            }
            Set<String> names = new LinkedHashSet<>(a.names());
            names.addAll(b.names());
            for (String name : names) {
                if (!TIMES.contains(name)) {
                    compare(name, a, b);
                }
            }
        }

        private void compare(String name, Checkpoint a, Checkpoint b) {
            if (!a.names().contains(name) || !b.names().contains(name)) {
                unequal.add(name);
                return;
            }
            boolean same = Arrays.equals(a.bytes(name), b.bytes(name));
            if (!same) {
                unequal.add(name);
            }
            if (!a.isArray(name) || !b.isArray(name)) {
                return;
            }
            try (INDArray left = a.array(name);
                    INDArray right = b.array(name)) {
                numbers += left.length();
                double distance = same ? 0 : distance(left, right);
                state = Double.isNaN(state) ? distance : Math.max(state, distance);
            }
        }

        private static double distance(INDArray left, INDArray right) {
            if (!Objects.equals(Arrays.toString(left.shape()), Arrays.toString(right.shape()))) {
                return Double.POSITIVE_INFINITY;
            }
            double size = Math.max(left.norm2Number().doubleValue(), Double.MIN_NORMAL);
            try (INDArray difference = left.sub(right)) {
                return difference.norm2Number().doubleValue() / size;
            }
        }
    }
}
