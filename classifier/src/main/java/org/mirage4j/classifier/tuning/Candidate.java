package org.mirage4j.classifier.tuning;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.dropout.DropoutKind;

/**
 * One way to train.
 *
 * @param name what tables call it
 * @param options how to train
 */
public record Candidate(String name, ClassifierOptions options) {
    private static final List<Double> USUAL_RATES = List.of(0.1, 0.2, 0.3, 0.4, 0.5);

    /**
     * The usual rates of Bernoulli dropout on all hidden layers: 0.1 to 0.5.
     *
     * @param options everything but the hidden dropout
     * @return the candidates, by rising rate
     */
    public static List<Candidate> rates(ClassifierOptions options) {
        return rates(options, USUAL_RATES);
    }

    /**
     * Rates of Bernoulli dropout on all hidden layers.
     *
     * @param options everything but the hidden dropout
     * @param rates shares dropped
     * @return the candidates, by rising rate
     */
    public static List<Candidate> rates(ClassifierOptions options, List<Double> rates) {
        return rates.stream()
                .sorted()
                .map(rate -> new Candidate(
                        "dropout " + rate,
                        options.toBuilder()
                                .hiddenDropout(DropoutKind.bernoulli(rate))
                                .build()))
                .toList();
    }

    /**
     * How dropout differs from other regularisation: the same network with none, and with each alone.
     *
     * @param options the network, and the dropout to compare
     * @param l1 coefficient of the L1 penalty
     * @param l2 coefficient of the L2 penalty
     * @param maxNorm largest norm of incoming weights
     * @return none, dropout, L1, L2, max-norm
     */
    public static List<Candidate> regularizers(ClassifierOptions options, double l1, double l2, double maxNorm) {
        ClassifierOptions.Builder bare = options.toBuilder().l1(0).l2(0).maxNorm(0);
        ClassifierOptions dropout = bare.build();
        ClassifierOptions none = bare.inputDropout(DropoutKind.none())
                .hiddenDropout(DropoutKind.none())
                .build();
        List<Candidate> candidates = new ArrayList<>();
        candidates.add(new Candidate("none", none));
        candidates.add(new Candidate("dropout", dropout));
        candidates.add(new Candidate("L1 " + plain(l1), none.toBuilder().l1(l1).build()));
        candidates.add(new Candidate("L2 " + plain(l2), none.toBuilder().l2(l2).build()));
        candidates.add(new Candidate(
                "max-norm " + plain(maxNorm), none.toBuilder().maxNorm(maxNorm).build()));
        return List.copyOf(candidates);
    }

    /** 0.00001 and 3, not 1.0E-5 and 3.0. */
    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
