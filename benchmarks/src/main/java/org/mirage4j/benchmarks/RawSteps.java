package org.mirage4j.benchmarks;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The workloads on Deeplearning4j itself, as its users write them. */
final class RawSteps {
    private RawSteps() {}

    static Step create(Workload workload) {
        if (workload instanceof Workload.Classifier classifier) {
            return new FitStep(classifier);
        }
        if (workload instanceof Workload.MonteCarlo monteCarlo) {
            return new CallsStep(monteCarlo);
        }
        return new RawGanStep(workload);
    }

    /** The other usual way: three graphs for adversarial networks, one large batch for Monte Carlo. */
    static Step createStacked(Workload workload) {
        return workload instanceof Workload.MonteCarlo monteCarlo
                ? new BatchStep(monteCarlo)
                : new StackedGanStep(workload);
    }

    static ComputationGraph classifier(List<Integer> hidden) {
        return classifier(hidden, WorkspaceMode.ENABLED);
    }

    /** With workspaces, {@code output(true, x)} throws as soon as a layer drops its input. */
    private static ComputationGraph predictor(List<Integer> hidden) {
        return classifier(hidden, WorkspaceMode.NONE);
    }

    private static ComputationGraph classifier(List<Integer> hidden, WorkspaceMode mode) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(MirageSteps.SEED)
                .updater(new Adam(Workload.CLASSIFIER_RATE))
                .weightInit(WeightInit.XAVIER)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("input");
        String previous = "input";
        int width = Workload.PIXELS;
        for (int i = 0; i < hidden.size(); i++) {
            DenseLayer.Builder layer =
                    new DenseLayer.Builder().nIn(width).nOut(hidden.get(i)).activation(Activation.RELU);
            if (i > 0) {
                layer.dropOut(1 - Workload.DROPOUT); // of its input, and the probability to retain
            }
            String name = "hidden-" + i;
            builder.addLayer(name, layer.build(), previous);
            previous = name;
            width = hidden.get(i);
        }
        OutputLayer output = new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(width)
                .nOut(Workload.CLASSES)
                .activation(Activation.SOFTMAX)
                .dropOut(1 - Workload.DROPOUT)
                .build();
        return initialised(builder.addLayer("output", output, previous)
                .setOutputs("output")
                .build());
    }

    static ComputationGraph initialised(ComputationGraphConfiguration configuration) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }

    private static final class FitStep implements Step {
        private final ComputationGraph graph;
        private final Rotation features;
        private final Rotation labels;

        FitStep(Workload.Classifier workload) {
            graph = classifier(workload.hidden());
            features = Rotation.uniform(0, 1, workload.batch(), Workload.PIXELS);
            labels = Rotation.oneHot(workload.batch(), Workload.CLASSES);
        }

        @Override
        public double run() {
            graph.fit(new INDArray[] {features.next()}, new INDArray[] {labels.next()});
            return graph.score();
        }

        @Override
        public void close() {
            graph.close();
        }
    }

    private static final class CallsStep implements Step {
        private final ComputationGraph graph;
        private final Rotation features;
        private final int passes;

        CallsStep(Workload.MonteCarlo workload) {
            graph = predictor(workload.hidden());
            features = Rotation.uniform(0, 1, workload.examples(), Workload.PIXELS);
            passes = workload.passes();
        }

        @Override
        public double run() {
            INDArray input = features.next();
            INDArray mean = graph.output(true, input)[0];
            for (int pass = 1; pass < passes; pass++) {
                mean.addi(graph.output(true, input)[0]);
            }
            return mean.divi(passes).maxNumber().doubleValue();
        }

        @Override
        public void close() {
            graph.close();
        }
    }

    private static final class BatchStep implements Step {
        private final ComputationGraph graph;
        private final Rotation features;
        private final int passes;
        private final int examples;

        BatchStep(Workload.MonteCarlo workload) {
            graph = predictor(workload.hidden());
            examples = workload.examples();
            features = Rotation.uniform(0, 1, examples, Workload.PIXELS);
            passes = workload.passes();
        }

        @Override
        public double run() {
            INDArray stacked = Nd4j.tile(features.next(), passes, 1);
            INDArray output = graph.output(true, stacked)[0];
            return output.reshape(passes, examples, Workload.CLASSES)
                    .mean(0)
                    .maxNumber()
                    .doubleValue();
        }

        @Override
        public void close() {
            graph.close();
        }
    }
}
