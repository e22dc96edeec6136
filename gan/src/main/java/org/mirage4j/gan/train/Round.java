package org.mirage4j.gan.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.mirage4j.core.data.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One step of every discriminator.
 *
 * @param real the real batch
 * @param latents what the generated batch was made from
 * @param fake the generated batch
 * @param draw where its random numbers came from
 * @param outcomes what it came to for each
 */
record Round(Batch real, INDArray latents, Batch fake, Draw draw, List<DiscriminatorTurn.Outcome> outcomes) {

    /** What the iteration came to that ended with this round: means over the discriminators. */
    IterationStatistics statistics(GeneratorTurn.Outcome generated) {
        return new IterationStatistics(
                mean(DiscriminatorTurn.Outcome::loss),
                generated.loss(),
                mean(outcome -> meanProbability(outcome.realLogits())),
                mean(outcome -> meanProbability(outcome.fakeLogits())),
                mean(DiscriminatorTurn.Outcome::classLoss),
                mean(DiscriminatorTurn.Outcome::gradientNorm),
                generated.gradientNorm());
    }

    private double mean(ToDoubleFunction<DiscriminatorTurn.Outcome> figure) {
        return outcomes.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }

    private static double meanProbability(double[] logits) {
        return Arrays.stream(logits)
                .map(logit -> 1 / (1 + Math.exp(-logit)))
                .average()
                .orElse(Double.NaN);
    }
}
