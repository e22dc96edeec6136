package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.AskingRule;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.table.TableClassifier;
import org.mirage4j.classifier.table.TablePrediction;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.memory.Openness;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.table.CsvTable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Predicts with the model of a run, which is read once and kept until {@link #close}. Safe for concurrent use. The run
 * may be a stranger's, see {@link ModelFile}.
 */
public final class RunPredictor implements AutoCloseable {
    private final Path run;
    private final DropoutClassifier classifier;
    private final AskingRule rule;

    /** The same classifier with how columns become numbers, or null if it is one of images. */
    private final @Nullable TableClassifier table;

    private final int passes;
    private final long seed;
    private final Openness openness;

    private RunPredictor(Path run, Path model, int passes, long seed) {
        this.run = run;
        this.openness = new Openness("the predictor of run " + run);
        this.rule = AskingRule.load(model); // fails before there is anything to free
        if (TableClassifier.isSavedIn(model)) {
            this.table = TableClassifier.load(model);
            this.classifier = table.classifier();
        } else {
            this.table = null;
            this.classifier = DropoutClassifier.load(model);
        }
        this.passes = passes;
        this.seed = seed;
    }

    /**
     * Reads the model of a run.
     *
     * @param folder the run's folder
     * @return a predictor, to be closed
     * @throws MirageException if the folder is no classifier's run, or holds no model or one that cannot be read
     */
    public static RunPredictor open(Path folder) {
        RunDirectory directory = RunDirectory.open(folder);
        String kind = directory.manifest().kind();
        if (!kind.equals(ClassifierRun.KIND)) {
            throw new MirageException("run " + folder + " must be a classifier's, but is of kind " + kind);
        }
        Path model = EpochRun.model(directory);
        if (!model.toFile().isDirectory()) {
            throw new MirageException("run " + folder + " holds no model; it is "
                    + directory.manifest().status().name().toLowerCase(Locale.ROOT));
        }
        if (!(directory.config().get(ClassifierRun.PASSES) instanceof Integer passes) || passes < 1) {
            throw new MirageException("run " + folder + " does not say in its config.json with how many passes its"
                    + " model was measured");
        }
        return new RunPredictor(folder, model, passes, directory.manifest().seed());
    }

    /**
     * When a person is asked.
     *
     * @return the rule, with what it promises
     */
    public AskingRule rule() {
        return rule;
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
        requireOpen();
        if (table != null) {
            throw new MirageException("run " + run + " was trained on a table, but features are those of images");
        }
        return classifier.featureExtractor();
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
        return table("was given " + rows.name() + ", a table").predict(rows, passes, seed);
    }

    /**
     * Predicts rows in hand.
     *
     * @param rows at least one; each has a value for every column that the model was trained on: a number, a text as
     *     in a file, or null for a missing value
     * @param passes Monte Carlo passes, at least 1
     * @param seed decides the masks
     * @return one prediction per row, the same as from a file
     * @throws MirageException if the model is not of tables, or the rows do not fit it
     */
    public List<TablePrediction> predict(List<? extends Map<String, ?>> rows, int passes, long seed) {
        return table("was given rows of a table").predict(rows, passes, seed);
    }

    /**
     * Predicts one row in hand as the run was measured, with its passes and its seed.
     *
     * @param row a value for every column that the model was trained on, see {@link #predict(List, int, long)}
     * @return the prediction
     * @throws MirageException if the model is not of tables, or the row does not fit it
     */
    public TablePrediction predict(Map<String, ?> row) {
        return predict(List.of(row), passes, seed).get(0);
    }

    private TableClassifier table(String given) {
        requireOpen();
        if (table == null) {
            throw new MirageException("run " + run + " was trained on images, but " + given);
        }
        return table;
    }

    private void requireOpen() {
        openness.require();
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
        requireOpen();
        if (table != null) {
            throw new MirageException("run " + run + " was trained on a table, but was given images of shape "
                    + Arrays.toString(images.shape()));
        }
        List<String> classes = IntStream.range(0, classifier.classes())
                .mapToObj(Integer::toString)
                .toList();
        return classifier.predict(Inputs.images("images", images), passes, seed).stream()
                .map(prediction -> TablePrediction.of(prediction, classes, rule, List.of()))
                .toList();
    }

    /** Frees what predictions hold outside the heap. Closing twice is closing once. */
    @Override
    public void close() {
        openness.end();
        classifier.close();
    }
}
