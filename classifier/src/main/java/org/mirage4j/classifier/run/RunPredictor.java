package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.mirage4j.classifier.AskingRule;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.table.TableClassifier;
import org.mirage4j.classifier.table.TablePrediction;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.table.CsvTable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Predicts with the model of a run. Safe for concurrent use. Nothing to close: each call loads the model and frees it.
 * The run may be a stranger's, see {@link ModelFile}.
 */
public final class RunPredictor {
    private final Path run;
    private final Path model;
    private final boolean table;
    private final int passes;
    private final long seed;

    private RunPredictor(Path run, Path model, boolean table, int passes, long seed) {
        this.run = run;
        this.model = model;
        this.table = table;
        this.passes = passes;
        this.seed = seed;
    }

    /**
     * Finds the model of a run.
     *
     * @param folder the run's folder
     * @return a predictor
     * @throws MirageException if the folder is no classifier's run or holds no model
     */
    public static RunPredictor open(Path folder) {
        RunDirectory directory = RunDirectory.open(folder);
        String kind = directory.manifest().kind();
        if (!kind.equals(ClassifierRun.KIND)) {
            throw new MirageException("run " + folder + " must be a classifier's, but is of kind " + kind);
        }
        Path model = ClassifierRun.model(directory);
        if (!model.toFile().isDirectory()) {
            throw new MirageException("run " + folder + " holds no model; it is "
                    + directory.manifest().status().name().toLowerCase(Locale.ROOT));
        }
        if (!(directory.config().get(ClassifierRun.PASSES) instanceof Integer passes) || passes < 1) {
            throw new MirageException("run " + folder + " does not say in its config.json with how many passes its"
                    + " model was measured");
        }
        return new RunPredictor(
                folder,
                model,
                TableClassifier.isSavedIn(model),
                passes,
                directory.manifest().seed());
    }

    /**
     * When a person is asked.
     *
     * @return the rule, with what it promises
     * @throws MirageException if it cannot be read
     */
    public AskingRule rule() {
        return AskingRule.load(model);
    }

    /**
     * The passes that the run was measured with: what is promised of answers without a person holds with these.
     *
     * @return at least 1
     */
    public int passes() {
        return passes;
    }

    /**
     * The seed that the run was measured with: what is promised of answers without a person holds with it.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * The model as a feature extractor: what its last hidden layer gives, and its logits.
     *
     * @return an extractor, safe for concurrent use
     * @throws MirageException if the model is not of images or has no hidden layer
     */
    public FeatureExtractor featureExtractor() {
        if (table) {
            throw new MirageException("run " + run + " was trained on a table, but features are those of images");
        }
        try (DropoutClassifier classifier = DropoutClassifier.load(model)) {
            return classifier.featureExtractor();
        }
    }

    /**
     * Predicts rows.
     *
     * @param rows a table with the columns that the model was trained on
     * @param passes Monte Carlo passes, at least 1
     * @param seed decides the masks
     * @return one prediction per row
     * @throws MirageException if the model is not of tables, or the rows do not fit it
     */
    public List<TablePrediction> predict(CsvTable rows, int passes, long seed) {
        if (!table) {
            throw new MirageException("run " + run + " was trained on images, but " + rows.name() + " is a table");
        }
        try (TableClassifier classifier = TableClassifier.load(model)) {
            return classifier.predict(rows, passes, seed);
        }
    }

    /**
     * Predicts images.
     *
     * @param images such as {@link Inputs#images} takes
     * @param passes Monte Carlo passes, at least 1
     * @param seed decides the masks
     * @return one prediction per image; classes are numbers
     * @throws MirageException if the model is not of images, or they have another shape or other values
     */
    public List<TablePrediction> predict(INDArray images, int passes, long seed) {
        if (table) {
            throw new MirageException("run " + run + " was trained on a table, but was given images of shape "
                    + Arrays.toString(images.shape()));
        }
        AskingRule rule = AskingRule.load(model);
        try (DropoutClassifier classifier = DropoutClassifier.load(model)) {
            List<String> classes = IntStream.range(0, classifier.classes())
                    .mapToObj(Integer::toString)
                    .toList();
            return classifier.predict(Inputs.images("images", images), passes, seed).stream()
                    .map(prediction -> TablePrediction.of(prediction, classes, rule, List.of()))
                    .toList();
        }
    }
}
