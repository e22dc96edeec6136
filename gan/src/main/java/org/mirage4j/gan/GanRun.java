package org.mirage4j.gan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.io.Closing;
import org.mirage4j.core.io.Printable;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.report.Animation;
import org.mirage4j.core.report.ImageGrid;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.Resumable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.run.RunException;
import org.mirage4j.gan.evaluation.EvaluationResult;
import org.mirage4j.gan.evaluation.TrainingEvaluation;
import org.mirage4j.gan.train.Architecture;
import org.mirage4j.gan.train.DivergedException;
import org.mirage4j.gan.train.GanTrainer;
import org.mirage4j.gan.train.IterationStatistics;
import org.mirage4j.gan.watch.Watch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One training run of a GAN on images, from options to report: trains two networks and leaves in its folder
 * the configuration, a manifest, metrics, sample grids, an animation, curves, checkpoints and a page that
 * shows it all. The same options, data and seed give the same bits on the same backend and thread count, and
 * so does a run that was killed and {@linkplain #resume resumed}, as often as that may happen.
 *
 * <p>Not safe for concurrent use.
 */
public final class GanRun implements AutoCloseable {
    /** What manifests call runs of this class. */
    static final String KIND = "gan";

    /** Options that may change when a run goes on, because what was trained so far does not depend on them. */
    private static final Set<String> CHANGEABLE =
            Set.of("iterations", "checkpointEvery", "watch.stopAtEquilibrium", "watch.stopOnCollapse");

    private static final int GRID_SIDE = 10;
    private static final int GRID_PADDING = 2;
    private static final int GRID_SCALE = 2;
    private static final int FRAMES = 24;
    private static final int MAX_ROWS = 1000;
    private static final int KEPT_CHECKPOINTS = 2;

    /** Real examples by which samples are watched. */
    private static final int WATCHED = 500;

    private static final Duration FRAME_DELAY = Duration.ofMillis(250);

    private final RunDirectory directory;
    private final GanConfig config;
    private final GanOptions options;
    private final ExampleSource data;
    private final GanTrainer trainer;
    private final INDArray fixedLatents;
    private final CheckpointStore checkpoints;
    private final RunClock clock = new RunClock();
    private final Watch watch;

    /** Those of the real examples that samples are watched beside, [100, classes]; null without classes. */
    private final @Nullable INDArray watchedLabels;

    /** Everything that is in a checkpoint, in the order of writing. */
    private final List<Resumable> state;

    private @Nullable Judge judge;
    private long done;

    private GanRun(RunDirectory directory, GanConfig config, ExampleSource data, GanTrainer trainer) {
        this.directory = directory;
        this.config = config;
        this.options = config.options();
        RandomStreams streams = new RandomStreams(options.seed());
        this.data = data.shuffledBy(streams).rescaled(-1, 1); // the range of tanh
        this.trainer = trainer;
        Batch watched = this.data.batch(0, (int) Math.min(data.size(), WATCHED));
        this.watch = new Watch(
                options.watch(),
                options.game().loss().create(options.game().realLabel()),
                watched.features(),
                options.batch());
        this.watchedLabels = watchedLabels(watched);
        this.fixedLatents = trainer.latents("fixed-latent", 0, (long) GRID_SIDE * GRID_SIDE);
        this.checkpoints = new CheckpointStore(directory.checkpoints(), KEPT_CHECKPOINTS);
        this.state = List.of(trainer, watch, clock);
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
     * @param iterations iterations done since the run began
     * @param time wall time of training, over all parts of a run that was resumed
     * @param report the page
     * @param verdict why the run's monitors ended it; empty if they did not
     */
    public record Result(long iterations, Duration time, Path report, Optional<String> verdict) {}

    /**
     * What a run was started with.
     *
     * @param options how it trains
     * @param origin where its data come from, as {@link #create} was told
     */
    public record Recipe(GanOptions options, Map<String, String> origin) {

        /**
         * Copies the origin.
         *
         * @param options any
         * @param origin any
         */
        public Recipe {
            origin = Collections.unmodifiableMap(new LinkedHashMap<>(origin)); // in an order that is always the same
        }
    }

    /**
     * Prepares a run: builds the networks and creates the folder.
     *
     * @param folder the run's folder, absent or empty
     * @param options how to train
     * @param data images with values in [0, 1]
     * @return the run, not yet trained
     * @throws MirageException if the data do not fit the architecture, are not such as {@link Inputs#checked} takes, or
     *     the folder is in use
     */
    public static GanRun create(Path folder, GanOptions options, ExampleSource data) {
        return create(folder, options, data, Map.of());
    }

    /**
     * Prepares a run that remembers where its data come from.
     *
     * @param folder the run's folder, absent or empty
     * @param options how to train
     * @param data images with values in [0, 1]
     * @param origin whatever the caller needs to find the data again, see {@link #recipe}
     * @return the run, not yet trained
     * @throws MirageException if the data do not fit the architecture, are not such as {@link Inputs#checked} takes, or
     *     the folder is in use
     */
    public static GanRun create(Path folder, GanOptions options, ExampleSource data, Map<String, String> origin) {
        if (options.batch() > data.size()) {
            throw new MirageException("batch size must be at most the number of examples, " + data.size() + " in "
                    + data.name() + ", but is " + options.batch());
        }
        Inputs.checked(data.name(), data.batch(0, options.batch()).features()); // before anything is written
        GanConfig config = GanConfig.of(options, data, origin);
        options.architecture().describe(config); // refuses what is no image
        long[] shape = config.exampleShape();
        grid(shape).requireRoom(shape[0], shape[1], shape[2]); // for the first picture
        GanTrainer trainer = trainer(config);
        try {
            Manifest manifest =
                    Manifest.start(KIND, options.seed(), data.name(), data.fingerprint(), environment(trainer));
            RunDirectory directory = RunDirectory.create(folder, manifest, config.toMap());
            try {
                return new GanRun(directory, config, data, trainer);
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
     * Reads what a run was started with, to {@link #resume} it or to run it again.
     *
     * @param folder the run's folder
     * @return its options and the origin of its data
     * @throws MirageException if the folder is no GAN's run
     */
    public static Recipe recipe(Path folder) {
        GanConfig config = config(RunDirectory.open(folder));
        return new Recipe(config.options(), config.origin());
    }

    static GanConfig config(RunDirectory directory) {
        String kind = directory.manifest().kind();
        if (!kind.equals(KIND)) {
            throw new MirageException("run " + directory.folder() + " must be a GAN's, but is of kind " + kind);
        }
        return GanConfig.fromMap(directory.folder(), directory.config());
    }

    /**
     * Opens a run that was stopped or killed, at its newest whole checkpoint. Trained on, it ends with the bits
     * of a run that was never stopped, on the same backend and number of threads.
     *
     * @param folder the run's folder
     * @param options those of the run; only the number of iterations, how often checkpoints are written and what
     *     monitors may do may differ
     * @param data the data of the run
     * @return the run, to be trained on
     * @throws MirageException if the folder is no GAN's run or damaged, other options or data differ, or the run
     *     has done all the iterations asked for, or another process is at work on it
     */
    public static GanRun resume(Path folder, GanOptions options, ExampleSource data) {
        RunDirectory directory = RunDirectory.resume(folder);
        try {
            return resume(directory, options, data);
        } catch (RuntimeException | Error e) {
            Closing.after(e, directory);
            throw e;
        }
    }

    private static GanRun resume(RunDirectory directory, GanOptions options, ExampleSource data) {
        GanConfig stored = config(directory);
        directory.refuseOtherOptions(RunDirectory.differences(
                GanConfig.optionsByName(stored.options()), GanConfig.optionsByName(options), CHANGEABLE));
        directory.refuseOtherData(data.name(), data.fingerprint());
        GanConfig config = GanConfig.of(options, data, stored.origin());
        GanTrainer trainer = trainer(config);
        try {
            GanRun run = new GanRun(directory, config, data, trainer);
            run.restore();
            directory.configure(config.toMap());
            directory.warnOfOtherEnvironment(environment(trainer));
            directory.update(directory.manifest().withStatus(Manifest.Status.RUNNING));
            return run;
        } catch (RuntimeException | Error e) {
            Closing.after(e, trainer);
            throw e;
        }
    }

    private void restore() {
        Optional<Checkpoint> latest = checkpoints.latest();
        latest.ifPresent(checkpoint -> {
            state.forEach(part -> part.restore(checkpoint));
            done = checkpoint.iteration();
        });
        if (done > options.iterations()
                || (done == options.iterations() && directory.manifest().status() == Manifest.Status.FINISHED)) {
            throw new MirageException("run " + directory.folder() + " has done " + done
                    + " iterations; to go on, the number of iterations must be above that, but is "
                    + options.iterations());
        }
    }

    private static Map<String, String> environment(GanTrainer trainer) {
        Map<String, String> environment =
                new LinkedHashMap<>(SystemFacts.gather(Path.of("")).manifest());
        environment.put("engine", trainer.generator().engine());
        return environment;
    }

    /** The trainer of a configuration, with fresh parameters. */
    static GanTrainer trainer(GanConfig config) {
        GanOptions options = config.options();
        return GanTrainer.create(
                options.architecture().describe(config),
                options.latent(),
                options.game(),
                new RandomStreams(options.seed()));
    }

    /** The trainer as it was at a checkpoint; nothing is allocated for networks larger than those that it holds. */
    static GanTrainer restored(Path folder, GanConfig config, Checkpoint checkpoint) {
        try {
            GanOptions options = config.options();
            Architecture architecture = options.architecture().describe(config);
            refuseOtherSize(checkpoint, "generator", architecture.generator());
            if (options.game().discriminators() > checkpoint.names().size()) {
                throw new MirageException("it has " + options.game().discriminators() + " discriminators, but the"
                        + " checkpoint only " + checkpoint.names().size() + " entries");
            }
            if (options.game().discriminators() == 1) {
                refuseOtherSize(checkpoint, "discriminator", architecture.discriminator());
            }
            GanTrainer trainer = trainer(config);
            try {
                trainer.restore(checkpoint);
                return trainer;
            } catch (RuntimeException | Error e) {
                Closing.after(e, trainer);
                throw e;
            }
        } catch (MirageException | ArithmeticException e) {
            throw new RunException("run " + folder + " does not fit its config.json: " + Printable.of(e), e);
        }
    }

    private static void refuseOtherSize(Checkpoint checkpoint, String name, NetworkBuilder described) {
        long held = checkpoint.bytes(name).length / Float.BYTES;
        long wanted = described.parameterCount();
        if (wanted < 0 || wanted > held) {
            throw new MirageException("it describes a " + name + " of " + wanted
                    + " parameters, but the checkpoint has no more than " + held);
        }
    }

    /**
     * Where the run is written.
     *
     * @return its folder
     */
    public Path folder() {
        return directory.folder();
    }

    /**
     * How far the run is.
     *
     * @return iterations done
     */
    public long done() {
        return done;
    }

    /**
     * Has samples judged while the run trains and when it ends: the numbers go to metrics.csv and the report, and the
     * best checkpoint so far is kept. The training itself is not changed by a bit.
     *
     * @param evaluation how; a run that is resumed must be judged as it was before
     * @param listener told of each result, on the training thread
     */
    public void judgeBy(TrainingEvaluation evaluation, Consumer<EvaluationResult> listener) {
        directory.requireOpen();
        judge = new Judge(evaluation, trainer, config, listener);
    }

    /**
     * Trains to the end, or until the observer ends it or the thread is interrupted, and writes a checkpoint and the
     * report; an interrupted thread stays so. If training diverges, the row of that
     * iteration is in metrics.csv and the reason on the page; no checkpoint holds what is not finite.
     *
     * @param observer told of every iteration
     * @return how it ended
     * @throws MirageException if training diverges or the folder cannot be written
     */
    public Result train(Observer observer) {
        directory.requireOpen();
        try {
            iterate(observer);
            writePictures(null);
            boolean whole = done == options.iterations();
            directory.update(
                    directory.manifest().withStatus(whole ? Manifest.Status.FINISHED : Manifest.Status.STOPPED));
            return new Result(done, clock.time(), directory.report(), watch.reasonToStop());
        } catch (RuntimeException | Error e) {
            if (e instanceof DivergedException divergence) {
                try {
                    writePictures(divergence);
                } catch (RuntimeException | Error unwritable) {
                    e.addSuppressed(unwritable); // what led here is the failure to report
                }
            }
            directory.recordFailure(e);
            throw e;
        }
    }

    private void iterate(Observer observer) {
        clock.start();
        try (MetricsLog log = log()) {
            try {
                iterate(observer, log);
            } catch (DivergedException e) {
                watch.diverged(e.iteration(), String.valueOf(e.getMessage()));
                log.row(row(e.iteration(), e.statistics(), true, false));
                throw e;
            }
        }
    }

    private void iterate(Observer observer, MetricsLog log) {
        long total = options.iterations();
        long logEvery = Math.max(1, total / MAX_ROWS);
        long sampleEvery = Math.max(1, total / FRAMES);
        List<INDArray> dealt = new ArrayList<>();
        long saved = done;
        if (done == 0) {
            sample();
            INDArray untrained = generateWatched();
            watch.checkUntrained(untrained);
            NativeMemory.release(untrained);
        }
        boolean goOn = true;
        while (goOn && done < total) {
            // the first and the last, so that there is something to show however short the run
            boolean judged = judge != null && judge.isDue(done + 1, total);
            boolean logged = judged || done == 0 || (done + 1) % logEvery == 0 || done + 1 == total;
            IterationStatistics statistics = trainer.iterate(
                    done,
                    step -> {
                        Batch batch = data.batch(step, options.batch());
                        dealt.add(batch.features());
                        batch.labels().ifPresent(dealt::add);
                        return batch;
                    },
                    logged);
            NativeMemory.release(dealt.toArray(INDArray[]::new));
            dealt.clear();
            done++;
            boolean shown = done % sampleEvery == 0 || done == total;
            boolean kept = done % options.checkpointEvery() == 0;
            if (judged || shown || kept) {
                trainer.requireFiniteWeights(done - 1, statistics);
            }
            watch.add(statistics);
            double score = judge != null && judged ? judge.judge() : Double.NaN;
            if (!Double.isNaN(score) && judge != null && judge.isRegular(done)) {
                watch.addMetric(score); // not the one more at the end, which a longer run does not have
            }
            if (watch.isDue(done)) {
                INDArray samples = generateWatched();
                watch.check(done, statistics, samples);
                NativeMemory.release(samples);
            }
            if (logged) {
                log.row(row(done, statistics, false, judged));
            }
            if (shown) {
                sample();
            }
            if (kept || !Double.isNaN(score)) {
                checkpoint(log, score);
                saved = done;
            }
            goOn = observer.iterationDone(done, statistics)
                    && watch.reasonToStop().isEmpty()
                    && !Thread.currentThread().isInterrupted();
            if (!goOn && saved < done) {
                trainer.requireFiniteWeights(done - 1, statistics);
            }
        }
        if (saved < done) {
            checkpoint(log, Double.NaN);
        }
    }

    private double[] row(long iteration, IterationStatistics statistics, boolean diverged, boolean judged) {
        long epoch = (iteration * options.game().discriminatorSteps() - 1) / data.batchesPerEpoch(options.batch());
        double[] row = GanMetrics.row(iteration, epoch, clock.seconds(), statistics, diverged, watch);
        return judge == null ? row : judge.appendTo(row, judged);
    }

    private MetricsLog log() {
        List<String> columns = new ArrayList<>(GanMetrics.COLUMNS);
        if (judge != null) {
            columns.addAll(judge.evaluation().columns());
        }
        // A run killed before its log began has nothing to go on from.
        return Files.exists(directory.metrics())
                ? MetricsLog.resume(directory.metrics(), columns, GanMetrics.ITERATION, (double) done)
                : MetricsLog.create(directory.metrics(), columns);
    }

    private void checkpoint(MetricsLog log, double score) {
        log.sync();
        checkpoints.save(done, score, writer -> {
            for (Resumable part : state) {
                part.save(writer);
            }
        });
    }

    private void sample() {
        write(generate(), directory.sample(SampleName.of(done)));
    }

    /** Draws images in the range of the networks, which nobody uses any more. */
    private static void write(INDArray images, Path file) {
        grid(images.shape()).write(images.addi(1).divi(2), file);
        NativeMemory.release(images);
    }

    private static ImageGrid grid(long... shape) {
        return new ImageGrid(GRID_SIDE, GRID_SIDE, GRID_PADDING, scale(shape));
    }

    /** Images are drawn twice their size if there is room for that. */
    private static int scale(long... shape) {
        int last = shape.length - 1;
        ImageGrid twice = new ImageGrid(GRID_SIDE, GRID_SIDE, GRID_PADDING, GRID_SCALE);
        return twice.hasRoom(shape[last - 2], shape[last - 1], shape[last]) ? GRID_SCALE : 1;
    }

    /** The same latent vectors every time, with labels one class to a row of the grid. */
    private INDArray generate() {
        int classes = config.conditioning().classes();
        if (classes == 0) {
            return trainer.generate(fixedLatents);
        }
        int[] labels = IntStream.range(0, GRID_SIDE * GRID_SIDE)
                .map(i -> i / GRID_SIDE % classes)
                .toArray();
        INDArray oneHot = OneHot.of(labels, classes);
        INDArray images = trainer.generate(fixedLatents, oneHot);
        NativeMemory.release(oneHot);
        return images;
    }

    /** The same latent vectors every time, with the labels of the real examples that they are watched beside. */
    private INDArray generateWatched() {
        return watchedLabels == null ? trainer.generate(fixedLatents) : trainer.generate(fixedLatents, watchedLabels);
    }

    private @Nullable INDArray watchedLabels(Batch watched) {
        int classes = config.conditioning().classes();
        if (classes == 0) {
            return null;
        }
        int[] labels = watched.labels().orElseThrow().argMax(1).toIntVector();
        int compared = Math.min(labels.length, GRID_SIDE * GRID_SIDE);
        return OneHot.of(
                IntStream.range(0, GRID_SIDE * GRID_SIDE)
                        .map(i -> labels[i % compared])
                        .toArray(),
                classes);
    }

    private void writePictures(@Nullable DivergedException divergence) {
        List<Path> frames = frames();
        Animation.writeFiles(directory.animation(), frames, FRAME_DELAY, scale(data.exampleShape()));
        write(someReal(), directory.sample("real"));
        Optional<TrainingEvaluation> evaluation = Optional.ofNullable(judge).map(Judge::evaluation);
        new GanReport(directory, config, data.name(), frames.get(frames.size() - 1), evaluation)
                .write(done, clock.time(), watch, divergence == null ? "" : breakdown(divergence));
    }

    private String breakdown(DivergedException divergence) {
        String kept = checkpoints
                .latest()
                .map(checkpoint ->
                        "The newest checkpoint is of iteration " + checkpoint.iteration() + ", before the breakdown.")
                .orElse("There was no checkpoint before that.");
        return divergence.getMessage() + ". " + kept;
    }

    /** As many as there are generated ones in a grid, if the data have so many. */
    private INDArray someReal() {
        return data.batch(0, (int) Math.min(data.size(), (long) GRID_SIDE * GRID_SIDE))
                .features();
    }

    /** The samples up to now, also those from before the run was resumed. */
    private List<Path> frames() {
        try (Stream<Path> files = Files.list(directory.samples())) {
            return files.filter(file -> SampleName.iteration(file) <= done)
                    .sorted(Comparator.comparingLong(SampleName::iteration))
                    .toList();
        } catch (IOException e) {
            throw new MirageException(
                    "cannot read the samples of run " + directory.folder() + ": " + e.getMessage(), e);
        }
    }

    /** Frees the networks and lets others write the run. */
    @Override
    public void close() {
        NativeMemory.release(fixedLatents);
        if (watchedLabels != null) {
            NativeMemory.release(watchedLabels);
        }
        try (directory) {
            trainer.close();
        }
    }
}
