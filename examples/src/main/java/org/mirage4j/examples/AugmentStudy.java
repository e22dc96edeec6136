package org.mirage4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.calibration.LabelledPredictions;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.io.Closing;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.report.ImageGrid;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;
import org.mirage4j.gan.GanSampler;
import org.mirage4j.gan.train.IterationStatistics;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Whether a conditional GAN that fills up rare classes makes a better classifier: for each seed, some classes of the
 * training set are cut to a few examples, the GAN learns from what is left, and a classifier is trained on it as it
 * is, with the rare examples repeated, with generated ones instead, and on the whole set, which nobody in need has.
 * Every figure is on real examples that none of them has seen. A folder that holds a study is gone on with, seed by
 * seed.
 */
final class AugmentStudy implements AutoCloseable {
    private static final String KIND = "augment";
    private static final String SEED = "seed";
    private static final String ARM = "training_set";
    private static final List<String> COLUMNS = List.of(SEED, ARM, "error", "rare_error", "negative_log_likelihood");
    private static final int SHOWN = 10;

    private final RunDirectory directory;
    private final Plan plan;
    private final LabelledImages all;
    private final InMemoryExamples test;

    /**
     * What is compared.
     *
     * @param rare the classes to cut
     * @param keep examples left of each
     * @param seeds how often to do it all; seeds are 1, 2, ...
     * @param gan how the GAN is trained, conditionally
     * @param classifier how the classifier is trained
     */
    record Plan(List<Integer> rare, int keep, int seeds, GanOptions gan, ClassifierOptions classifier) {
        Plan {
            rare = List.copyOf(rare);
        }

        private Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("rare", rare);
            map.put("keep", keep);
            map.put("gan", gan.toString());
            map.put("classifier", classifier.toString());
            return map;
        }
    }

    /** The training sets. */
    enum Arm {
        AS_IT_IS(0, "as it is"),
        REPEATED(1, "rare examples repeated"),
        GENERATED(2, "filled up by the GAN"),
        WHOLE(3, "nothing cut");

        private final int number;
        private final String title;

        Arm(int number, String title) {
            this.number = number;
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /**
     * A classifier's figures.
     *
     * @param error share of test examples it gets wrong
     * @param rareError mean over the rare classes of that share
     * @param negativeLogLikelihood in nats
     */
    record Score(double error, double rareError, double negativeLogLikelihood) {}

    /** Watches a study and may end it. */
    @FunctionalInterface
    interface Observer {
        /** Called after each of the GANs' iterations; false ends the study here. */
        boolean iterationDone(long done, String status);
    }

    private AugmentStudy(RunDirectory directory, Plan plan, LabelledImages all, InMemoryExamples test) {
        this.directory = directory;
        this.plan = plan;
        this.all = all;
        this.test = test;
    }

    /** Creates a study in a new or empty folder, or opens the one in it. */
    static AugmentStudy open(Path folder, Plan plan, InMemoryExamples training, InMemoryExamples test) {
        LabelledImages all = LabelledImages.of(training);
        check(plan, all);
        if (!Files.exists(folder.resolve("manifest.json"))) {
            Map<String, String> environment = SystemFacts.gather(Path.of("")).manifest();
            Manifest manifest = Manifest.start(KIND, 1, training.name(), training.fingerprint(), environment);
            return new AugmentStudy(RunDirectory.create(folder, manifest, plan.toMap()), plan, all, test);
        }
        RunDirectory directory = RunDirectory.resume(folder);
        Manifest manifest = directory.manifest();
        if (!manifest.kind().equals(KIND)
                || !manifest.dataFingerprint().equals(training.fingerprint())
                || !directory.config().equals(plan.toMap())) {
            directory.close();
            throw new MirageException("folder " + folder + " holds a run of kind " + manifest.kind()
                    + " with other options or data; name another folder, or give the same options to go on");
        }
        try {
            directory.update(manifest.withStatus(Manifest.Status.RUNNING));
            return new AugmentStudy(directory, plan, all, test);
        } catch (RuntimeException | Error e) {
            Closing.after(e, directory);
            throw e;
        }
    }

    private static void check(Plan plan, LabelledImages all) {
        int[] counts = all.counts();
        for (int label : plan.rare()) {
            if (label < 0 || label >= counts.length) {
                throw new MirageException(
                        "rare classes must be in 0 to " + (counts.length - 1) + ", but are " + plan.rare());
            }
            if (counts[label] < plan.keep()) {
                throw new MirageException("of each rare class " + plan.keep() + " examples are to be kept, but class "
                        + label + " has " + counts[label]);
            }
        }
        if (plan.rare().size() >= counts.length) {
            throw new MirageException("all " + counts.length + " classes are named rare; some must not be");
        }
    }

    /** Iterations of GANs done in earlier sittings. */
    long done() {
        return finishedSeeds() * plan.gan().iterations();
    }

    private long finishedSeeds() {
        return scores(Arm.WHOLE).size(); // the last of each seed
    }

    /** The figures so far, in the order of the seeds. */
    List<Score> scores(Arm arm) {
        if (!Files.exists(directory.metrics())) {
            return List.of();
        }
        MetricsTable table = MetricsTable.read(directory.metrics());
        double[] arms = table.column(ARM);
        double[] errors = table.column("error");
        double[] rare = table.column("rare_error");
        double[] likelihoods = table.column("negative_log_likelihood");
        return IntStream.range(0, table.rows())
                .filter(row -> arms[row] == arm.number)
                .mapToObj(row -> new Score(errors[row], rare[row], likelihoods[row]))
                .toList();
    }

    /** Does what is left and writes the page; true if nothing is left then. */
    boolean run(Observer observer) {
        try {
            boolean whole = runAll(observer);
            if (finishedSeeds() > 0) {
                answer().write();
            }
            directory.update(
                    directory.manifest().withStatus(whole ? Manifest.Status.FINISHED : Manifest.Status.STOPPED));
            return whole;
        } catch (RuntimeException | Error e) {
            directory.recordFailure(e);
            throw e;
        }
    }

    AugmentReport answer() {
        return new AugmentReport(directory, plan, this);
    }

    Path report() {
        return directory.report();
    }

    private boolean runAll(Observer observer) {
        long finished = finishedSeeds();
        try (MetricsLog log = Files.exists(directory.metrics())
                ? MetricsLog.resume(directory.metrics(), COLUMNS, SEED, (double) finished)
                : MetricsLog.create(directory.metrics(), COLUMNS)) {
            for (long seed = finished + 1; seed <= plan.seeds(); seed++) {
                if (!run(seed, log, observer)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean run(long seed, MetricsLog log, Observer observer) {
        LabelledImages cut = all.thinned(plan.rare(), plan.keep(), new RandomStreams(seed));
        int target = usual();
        LabelledImages repeated = cut.repeated(plan.rare(), target);
        Path folder = directory.folder().resolve("gan-seed-" + seed);
        // balanced, or it would hardly ever see a rare class
        if (!trainGan(folder, seed, repeated.toExamples("repeated"), observer)) {
            return false;
        }
        Map<Arm, LabelledImages> sets = new LinkedHashMap<>();
        sets.put(Arm.AS_IT_IS, cut);
        sets.put(Arm.REPEATED, repeated);
        sets.put(Arm.GENERATED, filledUp(folder, seed, cut, target));
        sets.put(Arm.WHOLE, all);
        sets.forEach((arm, images) -> {
            Score score = score(images.toExamples(arm.title()), seed);
            log.row((double) seed, arm.number, score.error(), score.rareError(), score.negativeLogLikelihood());
        });
        log.sync();
        return true;
    }

    /** As many examples as the classes that are not rare have on average. */
    private int usual() {
        int[] counts = all.counts();
        return (int) Math.round(IntStream.range(0, counts.length)
                .filter(label -> !plan.rare().contains(label))
                .map(label -> counts[label])
                .average()
                .orElseThrow());
    }

    private boolean trainGan(Path folder, long seed, InMemoryExamples examples, Observer observer) {
        GanOptions options = plan.gan().toBuilder().seed(seed).build();
        boolean begun = Files.exists(folder.resolve("manifest.json"));
        if (begun && RunDirectory.open(folder).manifest().status() == Manifest.Status.FINISHED) {
            return true;
        }
        long before = (seed - 1) * options.iterations();
        try (GanRun gan = begun ? GanRun.resume(folder, options, examples) : GanRun.create(folder, options, examples)) {
            return gan.train((done, statistics) -> observer.iterationDone(before + done, status(seed, statistics)))
                            .iterations()
                    == options.iterations();
        }
    }

    private static String status(long seed, IterationStatistics statistics) {
        return String.format(
                Locale.ROOT,
                "seed %d: D(x) %.2f D(G(z)) %.2f",
                seed,
                statistics.realProbability(),
                statistics.fakeProbability());
    }

    private LabelledImages filledUp(Path folder, long seed, LabelledImages cut, int target) {
        LabelledImages filled = cut;
        INDArray shown = null;
        try (GanSampler sampler = GanSampler.open(folder)) {
            for (int label : plan.rare()) {
                INDArray images = sampler.sample(Math.max(SHOWN, target - plan.keep()), seed, label);
                filled = filled.joinedBy(images, label);
                INDArray few = Nd4j.concat(0, first(cut.ofClass(label).features()), first(images));
                shown = shown == null ? few : Nd4j.concat(0, shown, few);
            }
        }
        if (shown != null) {
            new ImageGrid(2 * plan.rare().size(), SHOWN, 2, 2).write(shown, directory.sample(picture(seed)));
        }
        return filled;
    }

    static String picture(long seed) {
        return "rare-classes-seed-" + seed;
    }

    /** The first few, in turn if there are not even so many. */
    private static INDArray first(INDArray images) {
        INDArray[] chosen = IntStream.range(0, SHOWN)
                .mapToObj(i -> images.slice(i % images.size(0)).dup())
                .toArray(INDArray[]::new);
        return Nd4j.stack(0, chosen);
    }

    private Score score(InMemoryExamples training, long seed) {
        try (DropoutClassifier classifier =
                DropoutClassifier.train(plan.classifier().toBuilder().seed(seed).build(), training)) {
            LabelledPredictions predictions = classifier.predictions(test);
            int[] wrong = new int[all.classes()];
            int[] count = new int[all.classes()];
            for (int i = 0; i < predictions.size(); i++) {
                count[predictions.label(i)]++;
                if (!predictions.isRight(i)) {
                    wrong[predictions.label(i)]++;
                }
            }
            double rareError = plan.rare().stream()
                    .mapToDouble(label -> (double) wrong[label] / Math.max(1, count[label]))
                    .average()
                    .orElseThrow();
            return new Score(
                    Arrays.stream(wrong).sum() / (double) predictions.size(),
                    rareError,
                    predictions.negativeLogLikelihood());
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
