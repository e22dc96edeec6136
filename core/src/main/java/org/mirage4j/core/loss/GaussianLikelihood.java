package org.mirage4j.core.loss;

import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The negative log-likelihood of a number under a normal distribution of which the network gives both the mean and the
 * logarithm of the variance (Nix and Weigend 1994): outputs [N, 2], labels [N, 1], without the constant ln(2 pi) / 2. The
 * logarithm of the variance counts as no less than {@value #LEAST} and no more than {@value #MOST}, beyond which its
 * slope is 0 unless it leads back.
 */
public final class GaussianLikelihood implements ILossFunction {
    /** A deviation of one 400th of the target's, for standardised targets. */
    public static final double LEAST = -12;

    /** A deviation of 400 times the target's. */
    public static final double MOST = 12;

    private static final long serialVersionUID = 1L;
    private static final int OUTPUTS = 2;

    /** A loss without settings. */
    public GaussianLikelihood() {
        // nothing to prepare
    }

    /**
     * The variance that an output stands for.
     *
     * @param logVariance the network's second output
     * @return the variance, above 0
     */
    public static double variance(double logVariance) {
        return Math.exp(Math.max(LEAST, Math.min(MOST, logVariance)));
    }

    /**
     * The loss of one example, and its gradient in place of the outputs.
     *
     * @param outputs mean and logarithm of the variance; overwritten by the gradient
     * @param label the number observed
     * @return the loss
     */
    public static double differentiate(float[] outputs, double label) {
        double difference = outputs[0] - label;
        double logVariance = Math.max(LEAST, Math.min(MOST, outputs[1]));
        double precision = Math.exp(-logVariance);
        double squares = difference * difference * precision;
        double slope = (1 - squares) / 2;
        boolean beyond = (outputs[1] < LEAST && slope > 0) || (outputs[1] > MOST && slope < 0);
        outputs[0] = (float) (difference * precision);
        outputs[1] = beyond ? 0 : (float) slope;
        return (squares + logVariance) / 2;
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray outputs, IActivation activation, @Nullable INDArray mask, boolean average) {
        double sum =
                computeScoreArray(labels, outputs, activation, mask).sumNumber().doubleValue();
        return average ? sum / outputs.size(0) : sum;
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray outputs, IActivation activation, @Nullable INDArray mask) {
        return evaluate(labels, outputs, activation, mask).getFirst();
    }

    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray outputs, IActivation activation, @Nullable INDArray mask) {
        return evaluate(labels, outputs, activation, mask).getSecond();
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray outputs, IActivation activation, @Nullable INDArray mask, boolean average) {
        Pair<INDArray, INDArray> both = evaluate(labels, outputs, activation, mask);
        double sum = both.getFirst().sumNumber().doubleValue();
        return new Pair<>(average ? sum / outputs.size(0) : sum, both.getSecond());
    }

    /** Losses [N, 1] and gradients [N, 2]. */
    private static Pair<INDArray, INDArray> evaluate(
            INDArray labels, INDArray outputs, IActivation activation, @Nullable INDArray mask) {
        if (!(activation instanceof ActivationIdentity) || mask != null) {
            throw new MirageException("the normal likelihood needs an output layer without activation and without a"
                    + " mask, but has " + activation + (mask == null ? "" : " and a mask"));
        }
        if (outputs.size(1) != OUTPUTS || labels.size(1) != 1) {
            throw new MirageException("the normal likelihood needs 2 outputs and 1 label, but has " + outputs.size(1)
                    + " and " + labels.size(1));
        }
        int count = (int) outputs.size(0);
        float[][] gradients = outputs.toFloatMatrix();
        float[][] losses = new float[count][1];
        for (int i = 0; i < count; i++) {
            losses[i][0] = (float) differentiate(gradients[i], labels.getDouble(i, 0));
        }
        return new Pair<>(
                Nd4j.createFromArray(losses).castTo(outputs.dataType()),
                Nd4j.createFromArray(gradients).castTo(outputs.dataType()));
    }

    @Override
    public String name() {
        return "GaussianLikelihood";
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GaussianLikelihood;
    }

    @Override
    public int hashCode() {
        return 1;
    }
}
