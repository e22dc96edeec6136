package org.mirage4j.classifier.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;

class CalibrationTest {
    private static final Offset<Double> ROUNDING = within(1e-12);

    /** Right, wrong, right, right; confidences 0.9, 0.6, 0.7, 0.5. */
    private static final LabelledPredictions FOUR = LabelledPredictions.of(
            List.of(
                    new double[] {0.9, 0.1, 0},
                    new double[] {0.6, 0.3, 0.1},
                    new double[] {0.2, 0.7, 0.1},
                    new double[] {0.25, 0.25, 0.5}),
            new int[] {0, 1, 1, 2});

    @Test
    void negativeLogLikelihoodIsTheMeanInNats() {
        double expected = -(Math.log(0.9) + Math.log(0.3) + Math.log(0.7) + Math.log(0.5)) / 4;
        assertThat(FOUR.negativeLogLikelihood()).isCloseTo(expected, ROUNDING);
    }

    @Test
    void brierScoreSumsOverClasses() {
        double first = 0.01 + 0.01;
        double second = 0.36 + 0.49 + 0.01;
        double third = 0.04 + 0.09 + 0.01;
        double fourth = 0.0625 + 0.0625 + 0.25;
        assertThat(FOUR.brierScore()).isCloseTo((first + second + third + fourth) / 4, ROUNDING);
    }

    @Test
    void reliabilityOfTwoBinsByHand() {
        ReliabilityDiagram diagram = ReliabilityDiagram.of(FOUR, 2);
        // a confidence of exactly one half belongs to the lower bin
        assertThat(diagram.bins().get(0)).isEqualTo(new ReliabilityDiagram.Bin(0, 0.5, 1, 0.5, 1));
        ReliabilityDiagram.Bin upper = diagram.bins().get(1);
        assertThat(upper.count()).isEqualTo(3);
        assertThat(upper.confidence()).isCloseTo(2.2 / 3, ROUNDING);
        assertThat(upper.accuracy()).isCloseTo(2.0 / 3, ROUNDING);
        assertThat(diagram.expectedCalibrationError()).isCloseTo(0.25 * 0.5 + 0.75 * (2.2 / 3 - 2.0 / 3), ROUNDING);
    }

    @Test
    void everyExampleAloneInItsBinGivesTheMeanGap() {
        // 15 bins part 0.9, 0.6, 0.7 and 0.5
        assertThat(ReliabilityDiagram.of(FOUR).expectedCalibrationError())
                .isCloseTo((0.1 + 0.6 + 0.3 + 0.5) / 4, ROUNDING);
    }

    @Test
    void certainAndRightIsPerfect() {
        LabelledPredictions perfect =
                LabelledPredictions.of(List.of(new double[] {1, 0}, new double[] {0, 1}), new int[] {0, 1});
        assertThat(ReliabilityDiagram.of(perfect).expectedCalibrationError()).isZero();
        assertThat(perfect.brierScore()).isZero();
        assertThat(perfect.negativeLogLikelihood()).isZero();
    }

    @Test
    void accuracyFallsWithCoverage() {
        AccuracyCoverage curve = AccuracyCoverage.of(FOUR);
        assertThat(curve.points()).extracting(AccuracyCoverage.Point::coverage).containsExactly(0.25, 0.5, 0.75, 1.0);
        assertThat(curve.points())
                .extracting(AccuracyCoverage.Point::accuracy)
                .containsExactly(1.0, 1.0, 2.0 / 3, 0.75);
        assertThat(curve.at(0.3).coverage()).isEqualTo(0.5);
        assertThat(curve.at(1).accuracy()).isEqualTo(0.75);
    }

    @Test
    void equallyUncertainExamplesAreCoveredTogether() {
        AccuracyCoverage curve = AccuracyCoverage.of(FOUR, new double[] {1, 2, 2, 3});
        assertThat(curve.points())
                .containsExactly(
                        new AccuracyCoverage.Point(0.25, 1, 1),
                        new AccuracyCoverage.Point(0.75, 2.0 / 3, 2),
                        new AccuracyCoverage.Point(1, 0.75, 3));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNotFiniteIsNeverCertain(double value) {
        assertThat(new TemperatureScaling(2).probabilities(new double[] {0, value}))
                .containsOnly(Double.NaN);
        refused("with sum", () -> TemperatureScaling.fit(List.of(new double[] {0, value}), new int[] {0}));
        refused("with sum", () -> LabelledPredictions.of(List.of(new double[] {value, 0}), new int[] {0}));
        refused("one finite uncertainty", () -> AccuracyCoverage.of(FOUR, new double[] {1, value, 2, 3}));
        if (Double.isNaN(value)) {
            refused("some are NaN", () -> Auroc.of(new double[] {1, value}, new double[] {2}));
            refused("some are NaN", () -> Auroc.curve(new double[] {1}, new double[] {value, 0}));
        }
    }

    private static void refused(String part, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOf(MirageException.class).hasMessageContaining(part);
    }

    @Test
    void aurocByHand() {
        // pairs won: 2 over {1, 1.5}: 2, tie with 2: half; 5: 3; 1: a tie with 1: half
        assertThat(Auroc.of(new double[] {1, 2, 1.5}, new double[] {2, 5, 1})).isCloseTo((2.5 + 3 + 0.5) / 9, ROUNDING);
        assertThat(Auroc.of(new double[] {1, 2}, new double[] {3, 4})).isEqualTo(1);
        assertThat(Auroc.of(new double[] {3, 4}, new double[] {1, 2})).isZero();
        assertThat(Auroc.of(new double[] {3, 3}, new double[] {3})).isEqualTo(0.5);
    }

    @Test
    void curveOfDetectionByHand() {
        double[] inside = {0.1, 0.2, 0.2, 0.7};
        double[] outside = {0.2, 0.7, 0.9};
        List<Auroc.Point> curve = Auroc.curve(inside, outside);
        assertThat(curve)
                .containsExactly(
                        new Auroc.Point(0, 0),
                        new Auroc.Point(0, 1 - 2 / 3.0),
                        new Auroc.Point(0.25, 1 - 1 / 3.0),
                        new Auroc.Point(0.75, 1),
                        new Auroc.Point(1, 1));
        double area = 0;
        for (int i = 1; i < curve.size(); i++) {
            double width = curve.get(i).falseAlarms() - curve.get(i - 1).falseAlarms();
            area += width * (curve.get(i).detected() + curve.get(i - 1).detected()) / 2;
        }
        assertThat(area).isCloseTo(Auroc.of(inside, outside), within(1e-12));
    }

    @Test
    void temperatureOfTwoClassesIsKnownInClosedForm() {
        // right in three of four cases at logit difference 3: the best sharpness s has sigmoid(3 s) = 3/4
        List<double[]> logits =
                List.of(new double[] {3, 0}, new double[] {3, 0}, new double[] {3, 0}, new double[] {3, 0});
        TemperatureScaling scaling = TemperatureScaling.fit(logits, new int[] {0, 0, 0, 1});
        assertThat(scaling.temperature()).isCloseTo(3 / Math.log(3), within(1e-9));
        assertThat(scaling.probabilities(new double[] {3, 0})[0]).isCloseTo(0.75, within(1e-9));
    }

    @Test
    void temperatureFindsTheFactorByWhichLogitsAreTooLarge() {
        SplittableRandom random = new SplittableRandom(4);
        List<double[]> logits = new ArrayList<>();
        int[] labels = new int[20_000];
        TemperatureScaling truth = new TemperatureScaling(1);
        for (int i = 0; i < labels.length; i++) {
            double[] row = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            double[] p = truth.probabilities(row);
            double u = random.nextDouble();
            labels[i] = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
            logits.add(new double[] {2.5 * row[0], 2.5 * row[1], 2.5 * row[2]});
        }
        assertThat(TemperatureScaling.fit(logits, labels).temperature()).isCloseTo(2.5, within(0.1));
    }

    @Test
    void separableLogitsGetTheSharpestTemperature() {
        TemperatureScaling scaling =
                TemperatureScaling.fit(List.of(new double[] {1, 0}, new double[] {0, 1}), new int[] {0, 1});
        assertThat(scaling.temperature()).isBetween(0.0009, 0.1);
    }

    @Test
    void badPredictionsAreNamed() {
        assertThatThrownBy(() -> LabelledPredictions.of(List.of(new double[] {0.5, 0.6}), new int[] {0}))
                .isInstanceOf(MirageException.class)
                .hasMessage("prediction 0 must be 2 probabilities with sum 1, but has 2 with sum 1.1");
        assertThatThrownBy(() -> LabelledPredictions.of(List.of(new double[] {0.5, 0.5}), new int[] {2}))
                .isInstanceOf(MirageException.class)
                .hasMessage("label 0 must be in [0, 2), but is 2");
        assertThatThrownBy(() -> Auroc.of(new double[0], new double[] {1}))
                .isInstanceOf(MirageException.class)
                .hasMessage("AUROC needs scores of both groups, but there are 0 and 1");
    }
}
