package org.mirage4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GaussianLikelihoodTest {

    @ParameterizedTest
    @CsvSource({"0.3, 0.2, 1.1", "-2, -3, -1.9", "5, 2, -4", "0, 13, 1", "0, -14, 1e-4"})
    void gradientIsThatOfTheLoss(float mean, float logVariance, double label) {
        double clipped = Math.max(GaussianLikelihood.LEAST, Math.min(GaussianLikelihood.MOST, logVariance));
        double squares = (mean - label) * (mean - label) * Math.exp(-clipped);
        float[] gradient = {mean, logVariance};
        assertThat(GaussianLikelihood.differentiate(gradient, label)).isCloseTo((squares + clipped) / 2, within(1e-9));
        double step = 1e-5;
        double inMean = (loss(mean + step, clipped, label) - loss(mean - step, clipped, label)) / (2 * step);
        double inVariance = (loss(mean, clipped + step, label) - loss(mean, clipped - step, label)) / (2 * step);
        assertThat(gradient[0]).isCloseTo((float) inMean, within((float) (1e-4 * (1 + Math.abs(inMean)))));
        // beyond the limits it leads back or nowhere
        double wanted = logVariance != clipped && inVariance > 0 == logVariance < 0 ? 0 : inVariance;
        assertThat(gradient[1]).isCloseTo((float) wanted, within((float) (1e-4 * (1 + Math.abs(wanted)))));
    }

    private static double loss(double mean, double logVariance, double label) {
        return ((mean - label) * (mean - label) * Math.exp(-logVariance) + logVariance) / 2;
    }

    private static Network network(EngineKind kind) {
        return Network.create(
                NetworkBuilder.vectors(3)
                        .dense(7)
                        .activation(Activation.TANH)
                        .lossOutput("mean-and-variance", 2, new GaussianLikelihood())
                        .configuration(),
                4,
                kind);
    }

    @Test
    void bothEnginesDescendTheSame(@TempDir Path folder) throws Exception {
        INDArray inputs = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {-1, 0.5f, 0}, {0.2f, -1, 1}, {3, 1, -2}});
        INDArray labels = Nd4j.createFromArray(new float[][] {{1}, {-1}, {0.4f}, {2}});
        try (Network plan = network(EngineKind.AUTOMATIC);
                Network stock = network(EngineKind.STOCK)) {
            assertThat(List.of(plan.engine(), stock.engine())).containsExactly("onednn-plan", "deeplearning4j");
            double first = 0;
            double last = 0;
            for (int i = 0; i < 30; i++) {
                double loss = plan.differentiate(inputs, labels, i);
                assertThat(stock.differentiate(inputs, labels, i)).isCloseTo(loss, within(1e-4));
                plan.step(4);
                stock.step(4);
                first = i == 0 ? loss : first;
                last = loss;
            }
            assertThat(last).isLessThan(first - 0.01);
            assertThat(stock.parameters().distance2(plan.parameters())).isLessThan(1e-3);
            Path file = folder.resolve("network.zip");
            plan.save(file.toFile());
            try (Network loaded = Network.load(file)) {
                assertThat(loaded.differentiate(inputs, labels, 1)).isEqualTo(plan.differentiate(inputs, labels, 1));
            }
        }
    }

    @Test
    void otherNumbersOfOutputsAreRefused() {
        INDArray three = Nd4j.zeros(2, 3);
        assertThatThrownBy(() -> new GaussianLikelihood()
                        .computeGradient(Nd4j.zeros(2, 1), three, Activation.IDENTITY.getActivationFunction(), null))
                .isInstanceOf(MirageException.class)
                .hasMessage("the normal likelihood needs 2 outputs and 1 label, but has 3 and 1");
    }
}
