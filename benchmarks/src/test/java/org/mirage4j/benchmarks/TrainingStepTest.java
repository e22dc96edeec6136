package org.mirage4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.benchmarks.MirageSteps.Engine;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainingStepTest {
    static List<String> implementations() {
        return List.of("mirage-stock", "dl4j", "dl4j-stacked");
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void everyBenchmarkRunsOnceToAFiniteLoss(String implementation) {
        for (String workload : List.of("mlp-8x16", "W3", "dcgan-4x8")) {
            if (implementation.equals("dl4j-stacked") && workload.startsWith("mlp")) {
                continue; // a single network has nothing to stack
            }
            TrainingStep benchmark = new TrainingStep();
            benchmark.implementation = implementation;
            benchmark.workload = workload;
            benchmark.start();
            assertThat(benchmark.step()).as(workload).isFinite().isPositive();
            benchmark.stop();
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void monteCarloPredictionsAreProbabilities(String implementation) {
        try (Step step = TrainingStep.create(implementation, new Workload.MonteCarlo(4, 3, List.of(16)))) {
            assertThat(step.run()).isBetween(0.1, 1.0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"W3", "dcgan-4x8"})
    void ourTwoGraphStepEqualsTheOneByHandBitForBit(String name) {
        Workload workload = Workload.named(name);
        try (var ours = (MirageSteps.GanStep) MirageSteps.create(workload, Engine.STOCK);
                RawGanStep raw = new RawGanStep(workload)) {
            raw.generator.setParams(ours.generator.parameters());
            raw.discriminator.setParams(ours.discriminator.parameters());
            INDArray before = ours.generator.parameters().dup();
            for (int i = 0; i < 5; i++) {
                assertThat(raw.run()).isEqualTo(ours.run());
            }
            assertThat(raw.generator.params()).isEqualTo(ours.generator.parameters());
            assertThat(raw.discriminator.params()).isEqualTo(ours.discriminator.parameters());
            assertThat(ours.generator.parameters()).isNotEqualTo(before);
        }
    }

    @Test
    void threeStackedGraphsTrainAsTwoDo() {
        Workload workload = Workload.named("W3");
        try (RawGanStep two = new RawGanStep(workload);
                StackedGanStep three = new StackedGanStep(workload)) {
            INDArray generator = two.generator.params().dup();
            INDArray discriminator = two.discriminator.params().dup();
            for (int i = 0; i < 3; i++) {
                two.run();
                three.run();
            }
            // gradients of a mean over both halves are half as large, which Adam all but cancels
            assertThat(relativeDistance(two.generator.params(), three.generator.params(), generator))
                    .isLessThan(0.01);
            assertThat(relativeDistance(two.discriminator.params(), three.discriminator.params(), discriminator))
                    .isLessThan(0.01);
        }
    }

    private static double relativeDistance(INDArray a, INDArray b, INDArray start) {
        return a.distance2(b) / a.distance2(start);
    }

    @Test
    void classifiersOfAllContestantsHaveTheSameParameters() {
        try (Network ours = MirageSteps.classifier(List.of(16, 16))) {
            assertThat(RawSteps.classifier(List.of(16, 16)).params()).isEqualTo(ours.parameters());
        }
    }

    @Test
    void stackedGraphsHoldTheSameParametersAfterAStep() {
        try (StackedGanStep step = new StackedGanStep(Workload.named("dcgan-4x8"))) {
            INDArray before = step.discriminator.params().dup();
            step.run();
            INDArray expected = Nd4j.concat(0, step.generator.params(), step.discriminator.params());
            assertThat(step.stacked.params()).isEqualTo(expected);
            assertThat(step.discriminator.params()).isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({"W6", "mlp-0x4", "dcgan-4x10", "''"})
    void unknownWorkloadIsRefusedByName(String name) {
        assertThatThrownBy(() -> Workload.named(name))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("\"" + name + "\"");
    }

    @Test
    void batchesDifferButRepeatExactly() {
        assertThat(Batches.uniform(3, 50, -1, 1)).isEqualTo(Batches.uniform(3, 50, -1, 1));
        assertThat(Batches.uniform(3, 50, -1, 1)).isNotEqualTo(Batches.uniform(4, 50, -1, 1));
    }
}
