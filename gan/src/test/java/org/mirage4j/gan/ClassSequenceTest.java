package org.mirage4j.gan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassSequenceTest {
    @ParameterizedTest
    @ValueSource(strings = {"1 1 1", "600 600 600 600", "91 3 3 3", "1 0 2", "7", "5421 6742 5958 6131 5842"})
    void everyBeginningHasTheSharesAsNearlyAsWholeNumbersAllow(String text) {
        long[] counts =
                Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
        double total = Arrays.stream(counts).sum();
        int[] sequence = ClassSequence.of(counts, 500);
        long[] given = new long[counts.length];
        for (int i = 0; i < sequence.length; i++) {
            given[sequence[i]]++;
            for (int c = 0; c < counts.length; c++) {
                assertThat(Math.abs(given[c] - counts[c] / total * (i + 1))).isLessThan(counts.length);
            }
        }
        for (int c = 0; c < counts.length; c++) {
            assertThat(Math.abs(given[c] - counts[c] / total * 500)).isLessThanOrEqualTo(1);
        }
        assertThat(ClassSequence.of(counts, 77)).isEqualTo(Arrays.copyOf(sequence, 77));
    }

    @Test
    void equalCountsTakeTurns() {
        assertThat(ClassSequence.of(new long[] {20, 20, 20}, 7))
                .isEqualTo(ClassSequence.inTurn(3, 7))
                .containsExactly(0, 1, 2, 0, 1, 2, 0);
    }
}
