package org.mirage4j.examples.survive;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.classifier.run.ClassifierData;
import org.mirage4j.classifier.run.ClassifierRun;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;
import org.mirage4j.gan.loss.LossKind;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.train.Penalty;

/** Small runs of every kind, the same each time. */
enum Setup {
    DENSE(1500),
    DCGAN(300),
    WGAN_GP_WITH_DROPOUT(300),
    PACKING(800),
    MOVING_AVERAGE(600),
    CLASSIFIER(120);

    private static final int DIGITS = 400;

    /** Iterations or epochs. */
    private final int length;

    Setup(int length) {
        this.length = length;
    }

    int length() {
        return length;
    }

    String spelled() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Begins the run, or goes on with it where the folder holds one, and trains it to the end.
     *
     * @param told of every iteration or epoch done
     */
    void run(Path folder, LongConsumer told) {
        boolean begun = Files.exists(folder.resolve("manifest.json"));
        if (this == CLASSIFIER) {
            classify(folder, begun, told);
            return;
        }
        InMemoryExamples data = new SyntheticDigits(0).examples(0, DIGITS);
        try (GanRun run =
                begun ? GanRun.resume(folder, ganOptions(), data) : GanRun.create(folder, ganOptions(), data)) {
            run.train((done, statistics) -> {
                told.accept(done);
                return true;
            });
        }
    }

    private void classify(Path folder, boolean begun, LongConsumer told) {
        ClassifierOptions options = ClassifierOptions.builder()
                .hidden(16)
                .hiddenDropout(new DropoutKind.Bernoulli(DropoutRate.of(0.3)))
                .epochs(length)
                .batchSize(20)
                .seed(3)
                .build();
        SyntheticDigits digits = new SyntheticDigits(0);
        ClassifierData data = ClassifierData.ofImages(digits.examples(0, 200), digits.examples(1000, 100), 3);
        ClassifierRun.Recipe recipe = new ClassifierRun.Recipe(options, 3, 0.9, Map.of());
        try (ClassifierRun run =
                begun ? ClassifierRun.resume(folder, recipe, data) : ClassifierRun.create(folder, recipe, data)) {
            run.train(report -> {
                told.accept(report.epoch());
                return true;
            });
        }
    }

    private GanOptions ganOptions() {
        ArchitectureKind kind = this == DCGAN ? ArchitectureKind.DCGAN : ArchitectureKind.DENSE;
        GameOptions.Builder game = kind.game().averageDecay(0);
        GanOptions.Builder options = GanOptions.builder(kind)
                .width(kind == ArchitectureKind.DCGAN ? 4 : 16)
                .latent(8)
                .batch(8)
                .iterations(length)
                .checkpointEvery(7)
                .seed(5);
        switch (this) {
            case WGAN_GP_WITH_DROPOUT -> {
                game.loss(LossKind.WASSERSTEIN)
                        .penalty(new Penalty.WassersteinGp(10))
                        .discriminatorSteps(2);
                options.generatorDropout(DropoutRate.of(0.2)).discriminatorDropout(DropoutRate.of(0.3));
            }
            case PACKING -> game.packing(2);
            case MOVING_AVERAGE -> game.averageDecay(0.99);
            default -> {}
        }
        return options.game(game.build()).build();
    }
}
