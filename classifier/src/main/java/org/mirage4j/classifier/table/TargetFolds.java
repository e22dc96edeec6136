package org.mirage4j.classifier.table;

import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.ObservationNoise;
import org.mirage4j.classifier.RegressorTraining;
import org.mirage4j.classifier.tuning.FoldSource;

/**
 * The folds of a table with a number to predict: all of them have small and large targets in proportion. They have one
 * schema, but each fold's means and ranges are learned from its training rows alone.
 *
 * @param table the rows, their schema and the column to predict
 * @param noise what is known about the spread of the target around its mean
 */
public record TargetFolds(TargetTable table, ObservationNoise noise) implements FoldSource {

    @Override
    public int[] labels() {
        return table.strata();
    }

    @Override
    public String className(int label) {
        return "tenth " + (label + 1) + " of column \"" + table.target() + "\"";
    }

    @Override
    public Fold fold(int[] training, int[] heldOut) {
        TablePreparation preparation = TablePreparation.fit(table.table(), table.schema(), table.target(), training);
        double[] targets = table.targets();
        return new Fold(
                preparation.numbers(table.table(), training, targets),
                preparation.numbers(table.table(), heldOut, targets));
    }

    @Override
    public Trial start(ClassifierOptions options, Fold fold) {
        RegressorTraining training = RegressorTraining.start(options, noise, fold.training());
        return new Trial(training, () -> {
            EpochReport measured = training.measure(fold.heldOut());
            return new Score(measured.heldOutLoss(), measured.heldOutError());
        });
    }

    @Override
    public String lossName() {
        return noise instanceof ObservationNoise.Learned
                ? "negative log-likelihood of the standardised target, in nats"
                : "mean squared error of the standardised target";
    }

    @Override
    public String errorName() {
        return "root mean squared error";
    }
}
