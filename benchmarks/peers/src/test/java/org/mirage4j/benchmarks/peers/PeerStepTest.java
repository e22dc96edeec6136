package org.mirage4j.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.benchmarks.Batches;
import org.mirage4j.benchmarks.Step;
import org.mirage4j.benchmarks.Workload;

class PeerStepTest {
    @ParameterizedTest
    @ValueSource(strings = {"tensorflow", "djl"})
    void everyBenchmarkRunsOnceToAFiniteLoss(String implementation) {
        for (String workload : List.of("mlp-8x16", "W3", "dcgan-4x8")) {
            PeerStep benchmark = new PeerStep();
            benchmark.implementation = implementation;
            benchmark.workload = workload;
            benchmark.start();
            assertThat(benchmark.step()).as(workload).isFinite().isPositive();
            benchmark.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensorflow", "tensorflow-stacked", "djl", "djl-stacked"})
    void monteCarloPredictionsAreProbabilities(String implementation) {
        try (Step step = PeerStep.create(implementation, new Workload.MonteCarlo(4, 3, List.of(16)))) {
            assertThat(step.run()).isBetween(0.1, 1.0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensorflow", "djl"})
    void classifierLearnsItsBatchesByHeart(String implementation) {
        try (Step step = PeerStep.create(implementation, new Workload.Classifier(2, List.of(128)))) {
            double first = meanOfOneRound(step);
            for (int i = 0; i < 2000; i++) {
                step.run();
            }
            assertThat(meanOfOneRound(step)).isLessThan(0.7 * first);
        }
    }

    private static double meanOfOneRound(Step step) {
        return IntStream.range(0, Batches.COUNT)
                .mapToDouble(i -> step.run())
                .average()
                .orElseThrow();
    }
}
