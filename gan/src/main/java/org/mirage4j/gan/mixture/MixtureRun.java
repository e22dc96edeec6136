package org.mirage4j.gan.mixture;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.io.Closing;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.report.Animation;
import org.mirage4j.core.report.ScatterPlot;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.metrics.FeatureMatrix;
import org.mirage4j.gan.metrics.ModeCoverage;
import org.mirage4j.gan.train.DivergedException;
import org.mirage4j.gan.train.GanTrainer;
import org.mirage4j.gan.train.IterationStatistics;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One training run on a mixture, from options to report: leaves in its folder the configuration, a manifest, metrics
 * over time, scatter plots, an animation, {@code result.json} and a page. The same options and seed give the same bits
 * on the same backend and thread count.
 *
 * <p>Not safe for concurrent use.
 */
public final class MixtureRun implements AutoCloseable {
    /** As many points as the literature measures on (Lin et al. 2018). */
    static final int SAMPLES = 2_500;

    private static final String KIND = "mixture";
    private static final int MEASUREMENTS = 16;
    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
    private static final Duration FRAME_DELAY = Duration.ofMillis(250);

    private final RunDirectory directory;
    private final Mixture mixture;
    private final MixtureOptions options;
    private final long seed;
    private final RandomStreams streams;
    private final GanTrainer trainer;
    private final ScatterPlot plot;

    private MixtureRun(RunDirectory directory, Mixture mixture, MixtureOptions options, long seed, GanTrainer trainer) {
        this.directory = directory;
        this.mixture = mixture;
        this.options = options;
        this.seed = seed;
        this.streams = new RandomStreams(seed);
        this.trainer = trainer;
        this.plot = mixture.plot();
    }

    /** Watches a run and may end it. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Called after each iteration, on the training thread.
         *
         * @param done iterations done
         * @return false to end training here
         */
        boolean iterationDone(long done);
    }

    /**
     * Prepares a run: builds the networks and creates the folder.
     *
     * @param folder the run's folder, absent or empty
     * @param mixture what to learn
     * @param preset name of the options, for the record
     * @param options how to train
     * @param seed the seed from which every random draw of the run derives
     * @return the run, not yet trained
     * @throws MirageException if the options do not fit together or the folder is in use
     */
    public static MixtureRun create(Path folder, Mixture mixture, String preset, MixtureOptions options, long seed) {
        GanTrainer trainer = options.trainer(new RandomStreams(seed));
        try {
            Map<String, String> environment =
                    new LinkedHashMap<>(SystemFacts.gather(Path.of("")).manifest());
            environment.put("engine", trainer.generator().engine());
            Manifest manifest = Manifest.start(KIND, seed, mixture.name(), mixture.fingerprint(), environment);
            RunDirectory directory = RunDirectory.create(folder, manifest, config(mixture, preset, options));
            try {
                return new MixtureRun(directory, mixture, options, seed, trainer);
            } catch (RuntimeException | Error e) {
                directory.discard();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            Closing.after(e, trainer);
            throw e;
        }
    }

    /**
     * The result of a run that came to its end.
     *
     * @param folder where it was or will be trained
     * @param mixture what it should have learnt
     * @param preset name of the options
     * @param options how it should have been trained
     * @return its result; null if there is no run in the folder or it did not come to its end
     * @throws MirageException if the folder holds a run of something else
     */
    static @Nullable MixtureResult finished(Path folder, Mixture mixture, String preset, MixtureOptions options) {
        if (!Files.exists(folder)) {
            return null;
        }
        RunDirectory directory = RunDirectory.open(folder);
        Manifest manifest = directory.manifest();
        if (!manifest.kind().equals(KIND)
                || !manifest.dataFingerprint().equals(mixture.fingerprint())
                || !config(mixture, preset, options).equals(directory.config())) {
            throw new MirageException("folder " + folder + " holds a run with another mixture or other options;"
                    + " go on with the same ones, or choose another output folder");
        }
        return manifest.status() == Manifest.Status.FINISHED ? MixtureResult.read(result(directory)) : null;
    }

    /** As JSON gives it back, so that it can be compared with what a run has on disk. */
    private static Map<String, Object> config(Mixture mixture, String preset, MixtureOptions options) {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("mixture", mixture.name());
        config.put("preset", preset);
        config.putAll(mapper.convertValue(options, MAP));
        try {
            return mapper.readValue(mapper.writeValueAsBytes(config), MAP);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no file that could fail
        }
    }

    private static Path result(RunDirectory directory) {
        return directory.folder().resolve("result.json");
    }

    /**
     * Trains to the end, or until the observer ends it or the thread is interrupted, and writes the report.
     *
     * @param observer told of every iteration
     * @return how it ended
     * @throws MirageException if the folder cannot be written
     */
    public MixtureResult train(Observer observer) {
        directory.requireOpen();
        try {
            MixtureResult result = trainAndReport(observer);
            boolean whole = result.iterations() == options.iterations() || result.diverged();
            directory.update(
                    directory.manifest().withStatus(whole ? Manifest.Status.FINISHED : Manifest.Status.STOPPED));
            return result;
        } catch (RuntimeException | Error e) {
            directory.recordFailure(e);
            throw e;
        }
    }

    private MixtureResult trainAndReport(Observer observer) {
        long total = options.iterations();
        long measureEvery = Math.max(1, total / MEASUREMENTS);
        List<Path> frames = new ArrayList<>();
        long started = System.nanoTime();
        long done = 0;
        ModeCoverage coverage = measure(0, frames);
        @Nullable DivergedException divergence = null;
        try (MetricsLog log = MetricsLog.create(directory.metrics(), MixtureReport.COLUMNS)) {
            boolean goOn = true;
            while (goOn && done < total) {
                boolean measured = (done + 1) % measureEvery == 0 || done + 1 == total;
                @Nullable IterationStatistics statistics;
                try {
                    statistics = iterate(done);
                    if (measured) {
                        trainer.requireFiniteWeights(done, statistics);
                    }
                } catch (DivergedException e) {
                    divergence = e;
                    log.row(MixtureReport.row(e.iteration(), seconds(started), e.statistics(), null));
                    break;
                }
                done++;
                if (measured) {
                    coverage = measure(done, frames);
                    log.row(MixtureReport.row(done, seconds(started), statistics, coverage));
                }
                goOn = observer.iterationDone(done) && !Thread.currentThread().isInterrupted();
            }
        }
        MixtureResult result = divergence == null
                ? result(done, seconds(started), coverage)
                : new MixtureResult(
                        seed,
                        done,
                        seconds(started),
                        0,
                        0,
                        Math.log(mixture.modes().count()),
                        true);
        result.write(result(directory));
        Animation.writeFiles(directory.animation(), frames, FRAME_DELAY);
        new MixtureReport(directory, mixture, frames.get(frames.size() - 1)).write(result, divergence);
        return result;
    }

    private IterationStatistics iterate(long iteration) {
        List<INDArray> dealt = new ArrayList<>();
        IterationStatistics statistics = trainer.iterate(
                iteration,
                step -> {
                    INDArray points = mixture.standardSample(streams, "real", step, options.batch());
                    dealt.add(points);
                    return Batch.of(points);
                },
                false);
        NativeMemory.release(dealt.toArray(INDArray[]::new));
        return statistics;
    }

    private MixtureResult result(long done, double seconds, ModeCoverage coverage) {
        return new MixtureResult(
                seed,
                done,
                seconds,
                (int) coverage.modes().value(),
                coverage.highQualityShare().orElseThrow().value(),
                coverage.reverseKl().value(),
                false);
    }

    /** Always the same latent vectors, so that the animation shows where each point goes. */
    private ModeCoverage measure(long done, List<Path> frames) {
        INDArray points =
                withoutOverflow(mixture.fromStandard(trainer.generate(trainer.latents("sample", 0, SAMPLES))));
        Path file = directory.sample(String.format(Locale.ROOT, "iteration-%07d", done));
        plot.write(
                String.format(Locale.ROOT, "%s, iteration %,d", mixture.name(), done),
                points.getColumn(0).toDoubleVector(),
                points.getColumn(1).toDoubleVector(),
                file);
        frames.add(file);
        return ModeCoverage.ofMixture(FeatureMatrix.of(points, ExtractorId.POINTS), mixture.modes());
    }

    /** Points beyond all numbers are as far off as a float can be, which is near no mode either. */
    private static INDArray withoutOverflow(INDArray points) {
        for (long i = 0; i < points.length(); i++) {
            if (!Double.isFinite(points.getDouble(i))) {
                points.putScalar(i, Float.MAX_VALUE);
            }
        }
        return points;
    }

    private static double seconds(long started) {
        return (System.nanoTime() - started) / 1e9;
    }

    /** Frees the networks and lets others write the run. */
    @Override
    public void close() {
        try (directory) {
            trainer.close();
        }
    }
}
