package org.mirage4j.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.train.Conditioning;
import org.mirage4j.gan.train.Realness;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

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
            assertThatThrownBy(() -> sampler.realness(digits.mul(255), labels, 1, 1))
                    .isInstanceOf(MirageException.class)
                    .hasMessageStartingWith("images: pixels must be floating-point numbers in [0, 1]");
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

    /** Of twenty examples eighteen are of class 1, two of class 0 and none of class 2. */
    private static InMemoryExamples uneven() {
        float[][] labels = new float[20][3];
        for (int i = 0; i < 20; i++) {
            labels[i][i < 2 ? 0 : 1] = 1;
        }
        INDArray noise = new RandomStreams(1).gaussian("x", 0, DataType.FLOAT, 20, 1, 8, 8);
        return InMemoryExamples.of("uneven", Transforms.sigmoid(noise), Nd4j.createFromArray(labels));
    }

    @Test
    void samplesToBeJudgedHaveTheSharesOfTheData() {
        Path run = folder.resolve("run");
        GanOptions options = GanOptions.builder(ArchitectureKind.DENSE)
                .conditioning(Conditioning.Kind.CONCAT)
                .iterations(2)
                .batch(8)
                .latent(5)
                .build();
        try (GanRun training = GanRun.create(run, options, uneven())) {
            training.train((done, statistics) -> true);
        }
        try (GanSampler sampler = GanSampler.open(run)) {
            assertThat(sampler.knowsShares()).isTrue();
            INDArray asInData = sampler.sampleAsInData(20, 1);
            INDArray[] ofClass = {sampler.sample(20, 1, 0), sampler.sample(20, 1, 1)};
            int[] counts = new int[2];
            for (int i = 0; i < 20; i++) {
                for (int label = 0; label < 2; label++) {
                    counts[label] += asInData.slice(i).equals(ofClass[label].slice(i)) ? 1 : 0;
                }
            }
            assertThat(counts).containsExactly(2, 18);
        }
        // a run that does not remember
        try (RunDirectory directory = RunDirectory.resume(run)) {
            Map<String, Object> config = new LinkedHashMap<>(directory.config());
            assertThat(config.remove("classCounts")).isEqualTo(List.of(2, 18, 0));
            directory.configure(config);
        }
        try (GanSampler sampler = GanSampler.open(run)) {
            assertThat(sampler.knowsShares()).isFalse();
            assertThat(sampler.sampleAsInData(6, 1)).isEqualTo(sampler.sample(6, 1));
        }
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
