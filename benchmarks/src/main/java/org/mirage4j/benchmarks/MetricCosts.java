package org.mirage4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.metrics.FeatureMatrix;
import org.mirage4j.gan.metrics.FeatureStatistics;
import org.mirage4j.gan.metrics.FrechetDistance;
import org.mirage4j.gan.metrics.KernelDistance;
import org.mirage4j.gan.metrics.Memorisation;
import org.mirage4j.gan.metrics.MetricResult;
import org.mirage4j.gan.metrics.Neighbourhoods;
import org.mirage4j.gan.metrics.SlicedWasserstein;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the sample metrics cost: wall time of each on two sets of Gaussian features, and the process's peak memory. */
@Command(
        name = "metric-costs",
        mixinStandardHelpOptions = true,
        description = "Measures time and peak memory of the sample metrics.")
public final class MetricCosts implements Callable<Integer> {
    private static final RandomStreams STREAMS = new RandomStreams(1);
    private static final int BLOCK = 1000;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Samples of each set. Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
            names = "--dimensions",
            paramLabel = "N",
            split = ",",
            defaultValue = "128,2048",
            description = "Features of a sample, one set of measurements for each. Default: ${DEFAULT-VALUE}.")
    private List<Integer> dimensions = List.of();

    private MetricCosts() {}

    /**
     * Runs the measurement.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MetricCosts()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        for (int dimension : dimensions) {
            FeatureMatrix real = gaussian("real", dimension);
            FeatureMatrix fake = gaussian("fake", dimension);
            say(String.format(Locale.ROOT, "%,d x %,d samples, %,d dimensions", samples, samples, dimension));
            FeatureStatistics statistics = timed("mean and covariance of one set", () -> FeatureStatistics.of(real));
            FeatureStatistics others = FeatureStatistics.of(fake);
            measure("Frechet distance of two statistics", () -> FrechetDistance.between(statistics, others));
            measure(
                    "kernel distance, 100 subsets of 1,000",
                    () -> KernelDistance.ofSubsets(
                            real, fake, KernelDistance.SUBSETS, KernelDistance.SUBSET_SIZE, STREAMS));
            measure("precision, recall, density, coverage", () -> Neighbourhoods.of(real, fake, 5)
                    .recall());
            measure(
                    "sliced Wasserstein, 128 directions",
                    () -> SlicedWasserstein.of(real, fake, SlicedWasserstein.DIRECTIONS, STREAMS));
            measure("memorised share", () -> Memorisation.of(real, fake));
            say(peak());
        }
        return CommandLine.ExitCode.OK;
    }

    private FeatureMatrix gaussian(String name, int dimension) {
        int blocks = (samples + BLOCK - 1) / BLOCK;
        List<INDArray> parts = IntStream.range(0, blocks)
                .mapToObj(i -> STREAMS.gaussian(
                        name, i, DataType.FLOAT, Math.min(BLOCK, samples - (long) i * BLOCK), dimension))
                .toList();
        FeatureMatrix features = FeatureMatrix.of(parts, ExtractorId.POINTS);
        parts.forEach(INDArray::close);
        return features;
    }

    private void measure(String what, Supplier<MetricResult> metric) {
        timed(what, metric);
    }

    private <T> T timed(String what, Supplier<T> work) {
        long started = System.nanoTime();
        T result = work.get();
        double seconds = (System.nanoTime() - started) / 1e9;
        String value =
                result instanceof MetricResult metric ? String.format(Locale.ROOT, "  %.6g", metric.value()) : "";
        say(String.format(Locale.ROOT, "  %-38s %8.2f s%s", what, seconds, value));
        return result;
    }

    private static String peak() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return "  peak memory is known on Linux only";
        }
        String line = Files.readAllLines(status).stream()
                .filter(text -> text.startsWith("VmHWM:"))
                .findFirst()
                .orElseThrow();
        return "  peak resident memory so far "
                + line.substring(line.indexOf(':') + 1).strip();
    }

    private void say(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
        }
    }
}
