package org.mirage4j.gan;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.report.Animation;
import org.mirage4j.core.report.ImageGrid;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.train.GanTrainer;
import org.mirage4j.gan.train.IterationStatistics;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One training run of a GAN on images, from options to report: trains two networks and leaves in its folder
 * the configuration, a manifest, metrics, sample grids, an animation, curves, checkpoints and a page that
 * shows it all. The same options, data and seed give the same bits on the same backend and thread count.
 *
 * <p>Not safe for concurrent use.
 */
public final class GanRun implements AutoCloseable {
    private static final int GRID_SIDE = 10;
    private static final int GRID_SCALE = 2;
    private static final int FRAMES = 24;
    private static final int MAX_ROWS = 1000;
    private static final int KEPT_CHECKPOINTS = 2;
    private static final Duration FRAME_DELAY = Duration.ofMillis(250);

    private final RunDirectory directory;
    private final GanOptions options;
    private final ExampleSource data;
    private final GanTrainer trainer;
    private final INDArray fixedLatents;

    private GanRun(RunDirectory directory, GanOptions options, ExampleSource data, GanTrainer trainer) {
        this.directory = directory;
        this.options = options;
        this.data = data.shuffledBy(new RandomStreams(options.seed())).rescaled(-1, 1); // the range of tanh
        this.trainer = trainer;
        this.fixedLatents = trainer.latents("fixed-latent", 0, (long) GRID_SIDE * GRID_SIDE);
    }

    /** Watches a run and may end it. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Called after each iteration, on the training thread.
         *
         * @param done iterations done
         * @param statistics what the last one came to
         * @return false to end training here
         */
        boolean iterationDone(long done, IterationStatistics statistics);
    }

    /**
     * How a run ended and what there is to look at.
     *
     * @param iterations iterations done
     * @param last what the last one came to
     * @param time wall time of training
     * @param report the page
     */
    public record Result(long iterations, IterationStatistics last, Duration time, Path report) {}

    /**
     * Prepares a run: builds the networks and creates the folder.
     *
     * @param folder the run's folder, absent or empty
     * @param options how to train
     * @param data images with values in [0, 1]
     * @return the run, not yet trained
     * @throws MirageException if the data do not fit the architecture or the folder is in use
     */
    public static GanRun create(Path folder, GanOptions options, ExampleSource data) {
        if (options.batch() > data.size()) {
            throw new MirageException("batch size must be at most the number of examples, " + data.size() + " in "
                    + data.name() + ", but is " + options.batch());
        }
        GanConfig config = new GanConfig(options, data.exampleShape());
        GanTrainer trainer = trainer(config);
        Map<String, String> environment =
                new LinkedHashMap<>(SystemFacts.gather(Path.of("")).manifest());
        environment.put("engine", trainer.generator().engine());
        Manifest manifest = Manifest.start("gan", options.seed(), data.name(), data.fingerprint(), environment);
        RunDirectory directory = RunDirectory.create(folder, manifest, config.toMap());
        return new GanRun(directory, options, data, trainer);
    }

    /** The trainer of a configuration, with fresh parameters. */
    static GanTrainer trainer(GanConfig config) {
        GanOptions options = config.options();
        return GanTrainer.create(
                options.architecture().describe(options, config.exampleShape()),
                options.latent(),
                options.game(),
                new RandomStreams(options.seed()));
    }

    /**
     * Trains to the end, or until the observer ends it, and writes the report.
     *
     * @param observer told of every iteration
     * @return how it ended
     * @throws MirageException if training diverges or the folder cannot be written
     */
    public Result train(Observer observer) {
        try {
            Result result = trainAndReport(observer);
            boolean whole = result.iterations() == options.iterations();
            directory.update(
                    directory.manifest().withStatus(whole ? Manifest.Status.FINISHED : Manifest.Status.STOPPED));
            return result;
        } catch (RuntimeException e) {
            directory.update(directory.manifest().withStatus(Manifest.Status.FAILED));
            throw e;
        }
    }

    private Result trainAndReport(Observer observer) {
        long total = options.iterations();
        long logEvery = Math.max(1, total / MAX_ROWS);
        long sampleEvery = Math.max(1, total / FRAMES);
        long batchesPerEpoch = data.batchesPerEpoch(options.batch());
        List<Path> frames = new ArrayList<>();
        List<INDArray> dealt = new ArrayList<>();
        IterationStatistics last = null;
        long started = System.nanoTime();
        long done = 0;
        try (MetricsLog log = MetricsLog.create(directory.metrics(), GanMetrics.COLUMNS)) {
            frames.add(sample(0));
            boolean goOn = true;
            while (goOn && done < total) {
                boolean logged = (done + 1) % logEvery == 0;
                last = trainer.iterate(
                        done,
                        step -> {
                            Batch batch = data.batch(step, options.batch());
                            dealt.add(batch.features());
                            return batch;
                        },
                        logged);
                NativeMemory.release(dealt.toArray(INDArray[]::new));
                dealt.clear();
                done++;
                if (logged) {
                    long epoch = (done * options.game().discriminatorSteps() - 1) / batchesPerEpoch;
                    log.row(GanMetrics.row(done, epoch, seconds(started), last));
                }
                if (done % sampleEvery == 0 || done == total) {
                    frames.add(sample(done));
                }
                goOn = observer.iterationDone(done, last);
            }
        }
        if (last == null) {
            throw new IllegalStateException("no iteration was run");
        }
        Duration time = Duration.ofNanos(System.nanoTime() - started);
        checkpoint(done);
        Animation.writeFiles(directory.animation(), frames, FRAME_DELAY);
        ImageGrid realGrid = grid();
        realGrid.write(
                data.batch(0, (int) Math.min(data.size(), (long) GRID_SIDE * GRID_SIDE))
                        .features()
                        .add(1)
                        .div(2),
                directory.sample("real"));
        new GanReport(
                        directory,
                        new GanConfig(options, data.exampleShape()),
                        data.name(),
                        frames.get(frames.size() - 1))
                .write(done, last, time);
        return new Result(done, last, time, directory.report());
    }

    private Path sample(long iteration) {
        Path file = directory.sample(String.format(Locale.ROOT, "iteration-%07d", iteration));
        grid().write(trainer.generate(fixedLatents).addi(1).divi(2), file);
        return file;
    }

    private static ImageGrid grid() {
        return new ImageGrid(GRID_SIDE, GRID_SIDE, 2, GRID_SCALE);
    }

    private void checkpoint(long iteration) {
        new CheckpointStore(directory.checkpoints(), KEPT_CHECKPOINTS).save(iteration, Double.NaN, trainer::save);
    }

    private static double seconds(long started) {
        return (System.nanoTime() - started) / 1e9;
    }

    /** Frees the networks. */
    @Override
    public void close() {
        trainer.close();
    }
}
