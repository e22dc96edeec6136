package org.mirage4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Three graphs, as Deeplearning4j's examples train adversarial networks: the discriminator, the generator,
 * and the generator with a frozen discriminator on top, with parameters copied between them.
 */
final class StackedGanStep implements Step {
    final ComputationGraph generator;
    final ComputationGraph discriminator;
    final ComputationGraph stacked;
    private final List<Copy> toStacked = new ArrayList<>();
    private final List<Copy> toGenerator = new ArrayList<>();
    private final INDArray realAndFake;
    private final INDArray allReal;
    private final Rotation real;
    private final Rotation latent;

    private record Copy(Layer from, Layer to) {
        void run() {
            to.setParams(from.params());
        }
    }

    StackedGanStep(Workload workload) {
        generator = RawSteps.initialised(RawGanLayers.stackedGenerator(workload).build());
        discriminator =
                RawSteps.initialised(RawGanLayers.stackedDiscriminator(workload).build());
        stacked = RawSteps.initialised(RawGanLayers.stacked(workload).build());
        addCopies(discriminator, stacked, toStacked);
        addCopies(stacked, generator, toGenerator);
        int batch = GanBatches.size(workload);
        allReal = Nd4j.valueArrayOf(new long[] {batch, 1}, Workload.REAL);
        realAndFake = Nd4j.vstack(allReal, Nd4j.valueArrayOf(new long[] {batch, 1}, Workload.FAKE));
        real = GanBatches.real(workload);
        latent = GanBatches.latent(workload);
        toGenerator.forEach(Copy::run);
    }

    @Override
    public double run() {
        INDArray fake = generator.output(true, latent.next())[0];
        INDArray images = Nd4j.concat(0, real.next(), fake);
        discriminator.fit(new INDArray[] {images}, new INDArray[] {realAndFake});
        toStacked.forEach(Copy::run);
        stacked.fit(new INDArray[] {latent.next()}, new INDArray[] {allReal});
        toGenerator.forEach(Copy::run);
        return 2 * discriminator.score() + stacked.score();
    }

    private static void addCopies(ComputationGraph from, ComputationGraph to, List<Copy> copies) {
        for (Layer layer : from.getLayers()) {
            String name = layer.conf().getLayer().getLayerName();
            if (layer.numParams() > 0 && to.getConfiguration().getVertices().containsKey(name)) {
                copies.add(new Copy(layer, to.getLayer(name)));
            }
        }
    }

    @Override
    public void close() {
        generator.close();
        discriminator.close();
        stacked.close();
    }
}
