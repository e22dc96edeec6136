package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.buffer.DataType;

class NeighbourMetricsTest {

    /** The farther from the origin, the less the products say, and the more differences have to decide. */
    @ParameterizedTest
    @CsvSource({"300, 70, 13, 0", "512, 1024, 8, 0", "513, 1025, 1, 0", "20, 600, 130, 0", "30, 40, 7, 1e8"})
    void tilesDecideAsDirectDistancesDo(int rows, int columns, int dimension, double offset) {
        FeatureMatrix first = shifted("first", rows, dimension, offset);
        FeatureMatrix second = shifted("second", columns, dimension, offset);
        int[][] visits = new int[rows][columns];
        Distances.between(first, second, tile -> {
            for (int r = 0; r < tile.rows; r++) {
                for (int c = 0; c < tile.columns; c++) {
                    visits[tile.row + r][tile.column + c]++;
                    double direct = direct(first, tile.row + r, second, tile.column + c);
                    double found = tile.exact(r, c);
                    assertThat(found).isCloseTo(direct, Tolerance.relative(direct, Tolerance.GOLDEN));
                    assertThat(tile.within(r, c, found)).isTrue();
                    assertThat(tile.within(r, c, Math.nextDown(found))).isFalse();
                    assertThat(tile.within(r, c, 2 * found + 1)).isTrue();
                    assertThat(tile.within(r, c, found / 2 - 1)).isFalse();
                    assertThat(tile.maybeBelow(r, c, Math.nextUp(found))).isTrue();
                }
            }
        });

        assertThat(Arrays.stream(visits).flatMapToInt(Arrays::stream)).containsOnly(1);
    }

    private static FeatureMatrix shifted(String name, int rows, int columns, double offset) {
        return Sets.points(
                Sets.STREAMS.gaussian(name, 0, DataType.DOUBLE, rows, columns).add(offset));
    }

    @Test
    void radiiAreTheDistancesToTheKthOtherSample() {
        FeatureMatrix set = Sets.gaussian("set", 600, 9);
        double[] found = Distances.squaredRadii(set, 4);

        for (int i = 0; i < set.rows(); i++) {
            int row = i;
            double[] sorted = IntStream.range(0, set.rows())
                    .filter(j -> j != row)
                    .mapToDouble(j -> direct(set, row, set, j))
                    .sorted()
                    .toArray();
            assertThat(found[i]).isCloseTo(sorted[3], Tolerance.relative(sorted[3], Tolerance.GOLDEN));
        }
    }

    @Test
    void aGeneratorCollapsedOntoOneRealSampleIsPreciseAndRecallsNothingElse() {
        FeatureMatrix real = Sets.gaussian("real", 1000, 16);
        FeatureMatrix collapsed = real.select(new int[500]);

        Neighbourhoods found = Neighbourhoods.of(real, collapsed, 5);

        assertThat(found.precision().value()).isEqualTo(1);
        assertThat(found.recall().value()).isEqualTo(0.001);
        assertThat(found.coverage().value()).isLessThan(0.1);
        assertThat(found.precision().generatedCount()).isEqualTo(500);
    }

    @Test
    void noiseAroundTheRealSetIsImpreciseAndRecallsEverything() {
        FeatureMatrix real = Sets.points(
                Sets.STREAMS.gaussian("real", 0, DataType.DOUBLE, 300, 8).mul(0.05));
        FeatureMatrix noise = Sets.gaussian("noise", 300, 8);

        Neighbourhoods found = Neighbourhoods.of(real, noise, 5);

        assertThat(found.precision().value()).isLessThan(0.05);
        assertThat(found.recall().value()).isGreaterThan(0.9);
    }

    @Test
    void aSetAgainstItselfIsPerfect() {
        FeatureMatrix set = Sets.gaussian("set", 400, 5);
        Neighbourhoods found = Neighbourhoods.of(set, set, 3);

        assertThat(found.precision().value()).isEqualTo(1);
        assertThat(found.recall().value()).isEqualTo(1);
        assertThat(found.coverage().value()).isEqualTo(1);
        // Each ball holds its centre and k others.
        assertThat(found.density().value()).isCloseTo(4 / 3.0, Tolerance.ROUNDING);
    }

    @Test
    void sharesCarryTheirStandardError() {
        MetricResult recall = Neighbourhoods.of(Golden.REAL, Golden.FAKE, 5).recall();

        assertThat(recall.spread().kind()).isEqualTo(Spread.Kind.SAMPLES);
        assertThat(recall.spread().value()).isCloseTo(Math.sqrt(0.2925 * (1 - 0.2925) / 400), Tolerance.ROUNDING);
    }

    @Test
    void tooFewSamplesForTheNeighbourAreRefused() {
        FeatureMatrix five = Sets.gaussian("five", 5, 2);

        assertThatThrownBy(() -> Neighbourhoods.of(five, Sets.gaussian("many", 50, 2), 5))
                .isInstanceOf(MirageException.class)
                .hasMessage("the neighbourhood of k=5 needs at least 6 samples, but a set has 5");
        assertThatThrownBy(() -> Neighbourhoods.of(five, five, 0)).isInstanceOf(MirageException.class);
    }

    @Test
    void copiesOfTrainingSamplesAreAllMemorised() {
        FeatureMatrix training = Sets.gaussian("training", 500, 12);
        int[] some = IntStream.range(100, 180).toArray();

        assertThat(Memorisation.of(training, training.select(some)).value()).isEqualTo(1);
    }

    @Test
    void memorisedAreThoseNearerThanTheTrainingSamplesOwnNeighbour() {
        FeatureMatrix training = Sets.points(new double[][] {{0}, {1}, {10}, {14}});
        FeatureMatrix generated = Sets.points(new double[][] {{-1}, {-1.5}, {5.9}, {6}, {18.5}, {12}});

        // -1 is 1 from 0, whose neighbour is at 1; 6 is 4 from 10, whose neighbour is at 4; 5.9 and 18.5 are beyond.
        assertThat(Memorisation.of(training, generated).value()).isCloseTo(3 / 6.0, Tolerance.ROUNDING);
    }

    @Test
    void farSamplesAreNotMemorised() {
        FeatureMatrix training = Sets.gaussian("training", 500, 12);
        FeatureMatrix far = Sets.points(
                Sets.STREAMS.gaussian("far", 0, DataType.DOUBLE, 100, 12).mul(10));

        assertThat(Memorisation.of(training, far).value()).isLessThan(0.05);
    }

    private static double direct(FeatureMatrix a, int i, FeatureMatrix b, int j) {
        double[] x = Arrays.copyOfRange(a.values(), i * a.columns(), (i + 1) * a.columns());
        double sum = 0;
        for (int d = 0; d < x.length; d++) {
            sum += (x[d] - b.get(j, d)) * (x[d] - b.get(j, d));
        }
        return sum;
    }
}
