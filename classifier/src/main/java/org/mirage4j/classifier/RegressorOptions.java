package org.mirage4j.classifier;

import java.util.ArrayList;
import java.util.List;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * How a dropout regressor is built and trained (Gal and Ghahramani 2016).
 *
 * @param hidden units of each hidden layer, at least one layer
 * @param dropout share dropped of the input and of what every hidden layer gives
 * @param tau precision of the observation noise: 1 / variance of the target around its mean, in the target's
 *     own units
 * @param lengthScale the prior's length scale; weight decay is l^2 (1 - rate) / (2 N tau)
 * @param updater Deeplearning4j's configuration of the optimiser
 * @param epochs passes over the training data, at least 1
 * @param batchSize examples in a step, at least 1; fewer if there are fewer examples
 * @param seed decides everything random
 */
public record RegressorOptions(
        List<Integer> hidden,
        DropoutRate dropout,
        double tau,
        double lengthScale,
        IUpdater updater,
        int epochs,
        int batchSize,
        long seed) {

    /**
     * Checks every value and reports all problems together.
     *
     * @param hidden units of each hidden layer
     * @param dropout share dropped
     * @param tau precision of the observation noise
     * @param lengthScale the prior's length scale
     * @param updater the optimiser
     * @param epochs passes over the training data
     * @param batchSize examples in a step
     * @param seed decides everything random
     */
    public RegressorOptions {
        hidden = List.copyOf(hidden);
        List<String> problems = new ArrayList<>();
        if (hidden.isEmpty() || hidden.stream().anyMatch(units -> units < 1)) {
            problems.add("there must be hidden layers with at least 1 unit each, but they are " + hidden);
        }
        if (!(tau > 0 && tau < Double.POSITIVE_INFINITY)) {
            problems.add("tau must be finite and above 0, but is " + tau);
        }
        if (!(lengthScale >= 0 && lengthScale < Double.POSITIVE_INFINITY)) {
            problems.add("the length scale must be finite and at least 0, but is " + lengthScale);
        }
        if (epochs < 1 || batchSize < 1) {
            problems.add("epochs and batch size must be at least 1, but are " + epochs + " and " + batchSize);
        }
        if (!problems.isEmpty()) {
            throw new MirageException(String.join("; ", problems));
        }
    }

    /** The same as options of the training loop, for so many training examples. */
    ClassifierOptions training(long examples) {
        return ClassifierOptions.builder()
                .hidden(hidden.stream().mapToInt(Integer::intValue).toArray())
                .inputDropout(new DropoutKind.Bernoulli(dropout))
                .hiddenDropout(new DropoutKind.Bernoulli(dropout))
                .l2(2 * weightDecay(examples)) // Deeplearning4j's coefficient stands before |W|^2 / 2
                .updater(updater)
                .epochs(epochs)
                .batchSize(batchSize)
                .seed(seed)
                .build();
    }

    double weightDecay(long examples) {
        return lengthScale * lengthScale * dropout.retain() / (2 * examples * tau);
    }
}
