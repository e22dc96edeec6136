package org.mirage4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class RandomStreamsTest {
    private final RandomStreams streams = new RandomStreams(7);

    @Test
    void drawDependsOnSeedStreamAndIterationAlone() {
        assertThat(streams.key("latent", 3)).isEqualTo(new RandomStreams(7).key("latent", 3));
        assertThat(LongStream.of(
                                streams.key("latent", 3),
                                streams.key("latent", 4),
                                streams.key("shuffle", 3),
                                new RandomStreams(8).key("latent", 3))
                        .distinct())
                .hasSize(4);
    }

    @Test
    void permutationHoldsEachNumberOnce() {
        int[] order = streams.permutation("shuffle", 0, 1000);
        assertThat(order).isNotEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(Arrays.stream(order).sorted())
                .containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
        assertThat(streams.permutation("shuffle", 0, 1000)).isEqualTo(order);
        assertThat(streams.permutation("shuffle", 1, 1000)).isNotEqualTo(order);
    }

    @Test
    void allOrdersAreEquallyLikely() {
        int draws = 6000;
        Map<String, Long> counts = IntStream.range(0, draws)
                .mapToObj(i -> Arrays.toString(streams.permutation("shuffle", i, 3)))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        double five = 5 * Math.sqrt(draws * (1 / 6.0) * (5 / 6.0)); // standard deviations
        assertThat(counts).hasSize(6);
        assertThat(counts.values())
                .allSatisfy(count -> assertThat((double) count).isBetween(1000 - five, 1000 + five));
    }

    @Test
    void gaussianNumbersHaveMeanZeroAndVarianceOne() {
        double[] values = streams.gaussian("latent", 0, DataType.DOUBLE, 100, 200)
                .dup()
                .data()
                .asDouble();
        double mean = Arrays.stream(values).average().orElseThrow();
        double square =
                Arrays.stream(values).map(value -> value * value).average().orElseThrow();
        double fourth =
                Arrays.stream(values).map(value -> Math.pow(value, 4)).average().orElseThrow();
        double error = 1 / Math.sqrt(values.length);
        assertThat(Math.abs(mean)).isLessThan(5 * error);
        assertThat(Math.abs(square - 1)).isLessThan(5 * Math.sqrt(2) * error);
        assertThat(Math.abs(fourth - 3)).isLessThan(5 * Math.sqrt(96) * error);
    }
}
