package org.mirage4j.benchmarks;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The two-graph step written by hand on Deeplearning4j, with nothing but what the step needs. */
final class RawGanStep implements Step {
    final ComputationGraph generator;
    final ComputationGraph discriminator;
    private final KeepingInput toDiscriminator;
    private final INDArray realGradient;
    private final Rotation real;
    private final Rotation latent;
    private final int batch;

    RawGanStep(Workload workload) {
        generator = RawSteps.initialised(RawGanLayers.generator(workload).build());
        discriminator =
                RawSteps.initialised(RawGanLayers.discriminator(workload).build());
        generator.initGradientsView();
        discriminator.initGradientsView();
        toDiscriminator = KeepingInput.replaceIn(discriminator);
        realGradient = Nd4j.createUninitialized(
                DataType.FLOAT, discriminator.getGradientsViewArray().shape());
        batch = GanBatches.size(workload);
        real = GanBatches.real(workload);
        latent = GanBatches.latent(workload);
    }

    @Override
    public double run() {
        INDArray fake = forward(generator, latent.next());
        INDArray logits = forward(discriminator, real.next());
        LogitLoss onReal = new LogitLoss(logits);
        double loss = onReal.mean(Workload.REAL);
        discriminator.backpropGradient(onReal.gradient());
        realGradient.assign(discriminator.getGradientsViewArray());
        logits = forward(discriminator, fake);
        LogitLoss onFake = new LogitLoss(logits);
        loss += onFake.mean(Workload.FAKE);
        discriminator.backpropGradient(onFake.gradient());
        discriminator.getGradientsViewArray().addi(realGradient);
        update(discriminator);

        fake = forward(generator, latent.next());
        logits = forward(discriminator, fake);
        LogitLoss ofGenerator = new LogitLoss(logits);
        loss += ofGenerator.mean(Workload.REAL);
        discriminator.backpropGradient(ofGenerator.gradient());
        generator.backpropGradient(toDiscriminator.gradient());
        update(generator);
        return loss;
    }

    private static INDArray forward(ComputationGraph graph, INDArray input) {
        String output = graph.getConfiguration().getNetworkOutputs().get(0);
        INDArray activation =
                graph.feedForward(new INDArray[] {input}, true, false).get(output);
        if (activation == null) {
            throw new IllegalStateException("no activation of " + output);
        }
        return activation;
    }

    private void update(ComputationGraph graph) {
        ComputationGraphConfiguration configuration = graph.getConfiguration();
        int iteration = configuration.getIterationCount();
        graph.getUpdater()
                .update(
                        graph.gradient(),
                        iteration,
                        configuration.getEpochCount(),
                        batch,
                        LayerWorkspaceMgr.noWorkspaces());
        INDArray parameters = graph.params();
        parameters.subi(graph.getGradientsViewArray().reshape(parameters.shape()));
        configuration.setIterationCount(iteration + 1);
        for (Layer layer : graph.getLayers()) {
            layer.setIterationCount(iteration + 1);
        }
    }

    @Override
    public void close() {
        generator.close();
        discriminator.close();
    }

    /** Deeplearning4j drops dLoss/dInput after a backward pass; the input vertex is where it passes by. */
    private static final class KeepingInput extends InputVertex {
        private static final long serialVersionUID = 1L;

        private transient @Nullable INDArray gradient;

        private KeepingInput(ComputationGraph graph, String name, VertexIndices[] consumers) {
            super(graph, name, 0, consumers, DataType.FLOAT);
        }

        static KeepingInput replaceIn(ComputationGraph graph) {
            var stock = graph.getVertices()[0];
            KeepingInput input = new KeepingInput(graph, stock.getVertexName(), stock.getOutputVertices());
            graph.getVertices()[0] = input;
            return input;
        }

        @Override
        public void setEpsilon(INDArray epsilon) {
            super.setEpsilon(epsilon);
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                gradient = epsilon.dup();
            }
        }

        INDArray gradient() {
            if (gradient == null) {
                throw new IllegalStateException("no gradient reached the input");
            }
            return gradient;
        }
    }
}
