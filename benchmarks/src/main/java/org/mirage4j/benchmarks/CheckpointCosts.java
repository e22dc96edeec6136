package org.mirage4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What checkpoints cost: two runs of the default {@code dcgan} in one process, one with checkpoints and one without,
 * that take turns of as many iterations as lie between two checkpoints.
 */
@Command(
        name = "checkpoint-costs",
        mixinStandardHelpOptions = true,
        description = "Measures the share of training time that checkpoints take, and one checkpoint alone.")
public final class CheckpointCosts implements Callable<Integer> {
    private static final int DIGITS = 5000;
    private static final int WRITES = 20;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--every",
            paramLabel = "N",
            defaultValue = "500",
            description = "Iterations from one checkpoint to the next. Default: ${DEFAULT-VALUE}.")
    private int every;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "20",
            description = "Turns of each run, after one to warm up. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    private CheckpointCosts() {}

    /**
     * Runs the measurement.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CheckpointCosts()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        Path folder = Files.createTempDirectory("checkpoint-costs");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Turns with = new Turns(folder.resolve("with"), options(every));
            Turns without = new Turns(folder.resolve("without"), options(Integer.MAX_VALUE));
            List<Future<?>> runs = List.of(threads.submit(with), threads.submit(without));
            List<Double> ratios = new ArrayList<>();
            List<Double> seconds = new ArrayList<>();
            for (int round = 0; round <= rounds; round++) {
                boolean first = round % 2 == 0;
                double one = (first ? with : without).take();
                double other = (first ? without : with).take();
                if (round > 0) { // the first turn compiles
                    ratios.add(first ? one / other : other / one);
                    seconds.add(first ? other : one);
                }
            }
            for (Future<?> run : runs) {
                run.get();
            }
            double turn =
                    median(seconds.stream().mapToDouble(Double::doubleValue).toArray());
            say(
                    "time with checkpoints every %d iterations over time without: %s more, %d pairs of turns of %.2f s",
                    every, Overhead.interval(ratios), ratios.size(), turn);
            writeAlone(folder, turn);
        } finally {
            threads.shutdownNow();
            delete(folder);
        }
        return CommandLine.ExitCode.OK;
    }

    private GanOptions options(int checkpointEvery) {
        return GanOptions.builder(ArchitectureKind.DCGAN)
                .iterations((long) every * (rounds + 1))
                .checkpointEvery(checkpointEvery)
                .build();
    }

    /** The last checkpoint once more: what a turn's noise hides. */
    private void writeAlone(Path folder, double turn) throws IOException {
        RunDirectory run = RunDirectory.open(folder.resolve("with"));
        Checkpoint last = new CheckpointStore(run.checkpoints(), 1).latest().orElseThrow();
        Path target = Files.createDirectory(folder.resolve("alone"));
        CheckpointStore store = new CheckpointStore(target, 1);
        double[] millis = new double[WRITES];
        long size = 0;
        for (int i = 0; i < WRITES; i++) {
            long started = System.nanoTime();
            Path file = store.save(i, Double.NaN, writer -> {
                for (String name : last.names()) {
                    writer.bytes(name, last.bytes(name));
                }
            });
            millis[i] = (System.nanoTime() - started) / 1e6;
            size = Files.size(file);
        }
        double median = median(millis);
        say(
                "one checkpoint: %.2f MB, written and synced in %.0f ms (%.0f to %.0f), which is %.2f %% of a turn",
                size / 1e6, median, millis[WRITES / 4], millis[3 * WRITES / 4], median / (10 * turn));
    }

    /** Sorts. */
    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private void say(String format, Object... arguments) {
        if (spec != null) {
            spec.commandLine().getOut().println(String.format(Locale.ROOT, format, arguments));
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A run that trains only while it is its turn. */
    private final class Turns implements Runnable {
        private final SynchronousQueue<Boolean> begin = new SynchronousQueue<>();
        private final SynchronousQueue<Double> end = new SynchronousQueue<>();
        private final Path folder;
        private final GanOptions options;
        private volatile @Nullable RuntimeException failure;

        Turns(Path folder, GanOptions options) {
            this.folder = folder;
            this.options = options;
        }

        /** Waits for a turn to be over; gives its seconds. */
        double take() throws InterruptedException {
            begin.put(true);
            double seconds = end.take();
            if (failure != null) {
                throw failure;
            }
            return seconds;
        }

        @Override
        public void run() {
            try {
                train();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failure = e;
                end.offer(Double.NaN); // if somebody waits
            }
        }

        private void train() throws InterruptedException {
            ExampleSource digits = new SyntheticDigits(0).examples(0, DIGITS);
            try (GanRun run = GanRun.create(folder, options, digits)) {
                begin.take();
                long[] started = {System.nanoTime()};
                run.train((done, statistics) -> {
                    if (done % every == 0) {
                        try {
                            end.put((System.nanoTime() - started[0]) / 1e9);
                            if (done < options.iterations()) {
                                begin.take();
                            }
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            return false;
                        }
                        started[0] = System.nanoTime();
                    }
                    return true;
                });
            }
        }
    }
}
