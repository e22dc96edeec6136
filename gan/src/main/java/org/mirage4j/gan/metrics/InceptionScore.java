package org.mirage4j.gan.metrics;

import org.mirage4j.core.MirageException;

/**
 * The Inception score of Salimans et al. 2016: exp of the mean KL divergence of the predictions from
 * their mean, from logits by log-softmax. The samples are split in order, not shuffled.
 */
public final class InceptionScore {
    private InceptionScore() {}

    /**
     * The score's mean and population standard deviation over splits.
     *
     * @param logits [N, K], of the generated samples
     * @param splits number of splits, between 1 and N; the literature has 10
     * @return the score, between 1 and K
     * @throws MirageException if there are fewer samples than splits
     */
    public static MetricResult of(FeatureMatrix logits, int splits) {
        if (splits < 1 || splits > logits.rows()) {
            throw new MirageException("the Inception score needs between 1 split and one per sample, but has " + splits
                    + " splits and " + logits.rows() + " samples");
        }
        double[] scores = new double[splits];
        for (int i = 0; i < splits; i++) {
            int from = (int) ((long) i * logits.rows() / splits);
            int to = (int) ((long) (i + 1) * logits.rows() / splits);
            scores[i] = score(logits, from, to);
        }
        return new MetricResult(
                Metric.INCEPTION_SCORE,
                "splits=" + splits,
                Moments.mean(scores),
                Spread.over(Spread.Kind.SPLITS, scores),
                0,
                logits.rows(),
                logits.extractor(),
                0);
    }

    private static double score(FeatureMatrix logits, int from, int to) {
        int classes = logits.columns();
        double[] marginal = new double[classes];
        double negativeEntropy = 0;
        for (int row = from; row < to; row++) {
            double logSum = logSumExp(logits, row);
            for (int k = 0; k < classes; k++) {
                double logProbability = logits.get(row, k) - logSum;
                double probability = Math.exp(logProbability);
                marginal[k] += probability;
                negativeEntropy += probability * logProbability;
            }
        }
        int count = to - from;
        double marginalEntropy = 0;
        for (double sum : marginal) {
            double share = sum / count;
            marginalEntropy -= share > 0 ? share * Math.log(share) : 0;
        }
        return Math.exp(negativeEntropy / count + marginalEntropy);
    }

    private static double logSumExp(FeatureMatrix logits, int row) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < logits.columns(); k++) {
            max = Math.max(max, logits.get(row, k));
        }
        double sum = 0;
        for (int k = 0; k < logits.columns(); k++) {
            sum += Math.exp(logits.get(row, k) - max);
        }
        return max + Math.log(sum);
    }
}
