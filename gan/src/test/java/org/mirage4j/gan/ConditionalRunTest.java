package org.mirage4j.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.gan.train.Conditioning;
import org.mirage4j.gan.train.Realness;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ConditionalRunTest {
    private static final int CLASSES = 10;

    @TempDir
    private Path folder;

    private static Network classifier() {
        InMemoryExamples digits = new SyntheticDigits(7).examples(0, 2000);
        Network network =
                NetworkBuilder.images(1, 28, 28).softmaxOutput(CLASSES).build(1);
        for (int i = 0; i < 300; i++) {
            Batch batch = digits.batch(i, 64);
            network.differentiate(batch.features(), batch.labels().orElseThrow(), i);
            network.step(64);
        }
        return network;
    }

    @ParameterizedTest
    @EnumSource(
            value = Conditioning.Kind.class,
            names = {"CONCAT", "PROJECTION", "AUXILIARY"})
    void generatorDrawsTheClassThatItIsAskedFor(Conditioning.Kind kind) {
        GanOptions options = GanOptions.builder(ArchitectureKind.DENSE)
                .conditioning(kind)
                .game(ArchitectureKind.DENSE.game().averageDecay(0.9).build())
                .iterations(2000)
                .latent(20)
                .build();
        try (GanRun run = GanRun.create(folder.resolve("run"), options, new SyntheticDigits(0).examples(0, 2000))) {
            run.train((done, statistics) -> true);
        }
        int right = 0;
        try (Network classifier = classifier();
                GanSampler sampler = GanSampler.open(folder.resolve("run"))) {
            assertThat(sampler.classes()).isEqualTo(CLASSES);
            for (int label = 0; label < CLASSES; label++) {
                int asked = label;
                INDArray named = classifier
                        .forward(sampler.sample(20, 1, label), Pass.infer())
                        .argMax(1);
                right += (int) IntStream.of(named.toIntVector())
                        .filter(answer -> answer == asked)
                        .count();
            }
            // a tenth would be chance
            assertThat(right).as("recognised of 200").isGreaterThan(100);
            INDArray inTurn = sampler.sample(CLASSES, 1);
            INDArray all = sampler.sample(CLASSES, 1, 4);
            assertThat(inTurn.slice(4).equalsWithEps(all.slice(4), 1e-5)).isTrue();
            assertThat(inTurn.slice(5).equalsWithEps(all.slice(5), 1e-5)).isFalse();

            InMemoryExamples unseen = new SyntheticDigits(0).examples(2000, 100);
            int[] labels =
                    unseen.examples(0, 100).labels().orElseThrow().argMax(1).toIntVector();
            INDArray digits = unseen.examples(0, 100).features();
            int[] wrong =
                    IntStream.of(labels).map(label -> (label + 1) % CLASSES).toArray();
            double asTheyAre = meanLogit(sampler.realness(digits, labels, 1, 1));
            double asOthers = meanLogit(sampler.realness(digits, wrong, 1, 1));
            if (kind == Conditioning.Kind.AUXILIARY) { // its logit does not look at labels
                assertThat(asTheyAre).isEqualTo(asOthers);
            } else {
                assertThat(asTheyAre).isGreaterThan(asOthers);
            }
        }
    }

    private static double meanLogit(List<Realness> realness) {
        return realness.stream().mapToDouble(Realness::logit).average().orElseThrow();
    }

    @Test
    void dataWithoutLabelsAreRefused() {
        InMemoryExamples unlabelled = InMemoryExamples.of("bare", Nd4j.zeros(DataType.FLOAT, 70, 1, 8, 8));
        GanOptions options = GanOptions.builder(ArchitectureKind.DENSE)
                .conditioning(Conditioning.Kind.CONCAT)
                .build();
        assertThatThrownBy(() -> GanRun.create(folder.resolve("run"), options, unlabelled))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("bare")
                .hasMessageContaining("CONCAT");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void labelsAreRefusedWhereNobodyLearnedThem() {
        GanOptions options = GanOptions.builder(ArchitectureKind.DENSE)
                .iterations(2)
                .batch(8)
                .build();
        try (GanRun run = GanRun.create(folder.resolve("run"), options, new SyntheticDigits(0).examples(0, 20))) {
            run.train((done, statistics) -> true);
        }
        try (GanSampler sampler = GanSampler.open(folder.resolve("run"))) {
            assertThat(sampler.classes()).isZero();
            assertThatThrownBy(() -> sampler.sample(1, 1, 0)).hasMessageContaining("not learned of labels");
            assertThatThrownBy(() -> sampler.realness(sampler.sample(1, 1), new int[] {0}, 1, 1))
                    .hasMessageContaining("not learned of labels");
            assertThatThrownBy(() -> sampler.realness(sampler.sample(2, 1), new int[] {0}, 1, 1))
                    .hasMessageContaining("1 labels for 2 images");
        }
    }

    @Test
    void packsWithLabelsAreRefused() {
        assertThatThrownBy(() -> GanOptions.builder(ArchitectureKind.DENSE)
                        .conditioning(Conditioning.Kind.CONCAT)
                        .game(ArchitectureKind.DENSE.game().packing(2).build())
                        .build())
                .hasMessageContaining("packing must be 1 with labels");
    }
}
