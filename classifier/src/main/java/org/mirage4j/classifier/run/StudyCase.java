package org.mirage4j.classifier.run;

import java.util.List;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;

/**
 * One row of a {@link StudyRun}: a network, and what was published for one like it.
 *
 * @param name short, for files and legends: lower-case letters, digits and dashes
 * @param description what a table calls it
 * @param published the share of test examples misclassified as published; NaN if nothing was
 * @param options how to train it; the seed is the study's affair
 */
public record StudyCase(String name, String description, double published, ClassifierOptions options) {
    private static final double RATE = 1e-3;
    private static final double NORMALIZED_RATE = 2e-3;
    private static final int BATCH_SIZE = 128;
    private static final double INPUT_DROPOUT = 0.2;
    private static final double RADIUS = 3;
    private static final double AVERAGE_DECAY = 0.999;
    private static final int EPOCHS = 36;
    private static final int MOST_EPOCHS = 40;
    private static final double NOISE = 0.3;

    /**
     * Checks the name.
     *
     * @param name lower-case letters, digits and dashes
     * @param description any text
     * @param published a share, or NaN
     * @param options any
     */
    public StudyCase {
        if (!name.matches("[a-z0-9-]+")) {
            throw new MirageException("the name of a study's case must be of lower-case letters, digits and dashes,"
                    + " but is \"" + name + "\"");
        }
    }

    /**
     * The rows of Srivastava et al. (2014, table 2) on MNIST without knowledge of where a pixel lies, the article's
     * network, and the best network of the same size. Learning rates and lengths were fixed beforehand, the noise of
     * the last on a tenth of the training images that was held out.
     *
     * @param shorten what the number of epochs is divided by in all but the article's network, at least 1
     * @return five cases
     * @throws MirageException if {@code shorten} is below 1
     */
    public static List<StudyCase> mnist(int shorten) {
        if (shorten < 1) {
            throw new MirageException("a study's epochs must be divided by at least 1, but by " + shorten);
        }
        ClassifierOptions plain = falling(
                ClassifierOptions.builder()
                        .hidden(800, 800)
                        .hiddenDropout(DropoutKind.none())
                        .batchSize(BATCH_SIZE),
                RATE,
                EPOCHS / shorten);
        ClassifierOptions dropout = falling(
                ClassifierOptions.builder()
                        .hidden(1024, 1024, 1024)
                        .inputDropout(DropoutKind.bernoulli(INPUT_DROPOUT))
                        .batchSize(BATCH_SIZE),
                RATE,
                EPOCHS / shorten);
        ClassifierOptions best = falling(
                dropout.toBuilder()
                        .inputDropout(new DropoutKind.Additive(NOISE))
                        .hiddenDropout(new DropoutKind.Additive(NOISE))
                        .batchNormalization(true)
                        .averageDecay(AVERAGE_DECAY),
                NORMALIZED_RATE,
                MOST_EPOCHS / shorten);
        return List.of(
                new StudyCase("none", "2 x 800, no dropout", 0.0160, plain),
                new StudyCase("article", "128, dropout (the article's)", Double.NaN, ClassifierOptions.article()),
                new StudyCase("dropout", "3 x 1024, dropout", 0.0125, dropout),
                new StudyCase(
                        "max-norm",
                        "3 x 1024, dropout, max-norm",
                        0.0106,
                        dropout.toBuilder().maxNorm(RADIUS).build()),
                new StudyCase(
                        "best", "3 x 1024, added noise, batch normalisation, averaged weights", Double.NaN, best));
    }

    private static ClassifierOptions falling(ClassifierOptions.Builder builder, double rate, int epochs) {
        int some = Math.max(1, epochs);
        return builder.epochs(some)
                .updater(ClassifierOptions.decayingAdam(rate, some))
                .build();
    }
}
