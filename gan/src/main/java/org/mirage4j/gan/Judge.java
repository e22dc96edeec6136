package org.mirage4j.gan;

import java.util.Arrays;
import java.util.function.Consumer;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.gan.evaluation.EvaluationResult;
import org.mirage4j.gan.evaluation.Evaluator;
import org.mirage4j.gan.evaluation.Samples;
import org.mirage4j.gan.evaluation.TrainingEvaluation;
import org.mirage4j.gan.train.GanTrainer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Judges the samples of a generator in training, always from the same latent vectors. */
final class Judge {
    private static final int BATCH = 256;

    private final TrainingEvaluation evaluation;
    private final GanTrainer trainer;
    private final int classes;
    private final int[] labels;
    private final Consumer<EvaluationResult> listener;
    private double[] last = {};

    /** With classes, each has the share of the samples that it has of the data. */
    Judge(TrainingEvaluation evaluation, GanTrainer trainer, GanConfig config, Consumer<EvaluationResult> listener) {
        this.evaluation = evaluation;
        this.trainer = trainer;
        this.classes = config.conditioning().classes();
        this.labels = classes == 0 ? new int[0] : config.classesAsInData(evaluation.samples());
        this.listener = listener;
    }

    TrainingEvaluation evaluation() {
        return evaluation;
    }

    boolean isDue(long iteration, long total) {
        return isRegular(iteration) || iteration == total;
    }

    /** Whether it is due whatever the length of the run. */
    boolean isRegular(long iteration) {
        return iteration % evaluation.every() == 0;
    }

    /** Returns the score by which checkpoints are compared, less is better; NaN if they are not. */
    double judge() {
        INDArray images = images();
        Samples samples = new Samples.Images(InMemoryExamples.of("samples", images));
        NativeMemory.release(images); // copied
        EvaluationResult result = evaluation.evaluator().evaluate(samples, Evaluator.Observer.NONE);
        last = evaluation.values(result);
        listener.accept(result);
        return evaluation.score(result).orElse(Double.NaN);
    }

    /** A row of metrics.csv with the last numbers, or with none. */
    double[] appendTo(double[] row, boolean judged) {
        int width = evaluation.columns().size();
        double[] longer = Arrays.copyOf(row, row.length + width);
        if (judged) {
            System.arraycopy(last, 0, longer, row.length, width);
        } else {
            Arrays.fill(longer, row.length, longer.length, Double.NaN);
        }
        return longer;
    }

    private INDArray images() {
        int batches = (evaluation.samples() + BATCH - 1) / BATCH;
        INDArray[] parts = new INDArray[batches];
        for (int i = 0; i < batches; i++) {
            int count = Math.min(BATCH, evaluation.samples() - i * BATCH);
            parts[i] = generate(i, count).addi(1).divi(2);
        }
        if (batches == 1) {
            return parts[0]; // which concat would hand out itself
        }
        INDArray all = Nd4j.concat(0, parts);
        NativeMemory.release(parts);
        return all;
    }

    private INDArray generate(int batch, int count) {
        INDArray latents = trainer.latents("evaluation-latent", batch, count);
        if (classes == 0) {
            return trainer.generate(latents);
        }
        int[] own = Arrays.copyOfRange(labels, batch * BATCH, batch * BATCH + count);
        return trainer.generate(latents, OneHot.of(own, classes));
    }
}
