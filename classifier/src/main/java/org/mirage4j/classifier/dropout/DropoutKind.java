package org.mirage4j.classifier.dropout;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The noise that training puts on what one layer reads. Rates are always shares dropped. At rate 0, or a deviation
 * of 0, nothing is inserted.
 */
public sealed interface DropoutKind {

    /**
     * Inserts the noise in front of a layer, in the configuration itself.
     *
     * @param configuration the network's description
     * @param layer name of a layer with one input
     * @throws MirageException if there is no such layer, or this kind does not fit it
     */
    void insertBefore(ComputationGraphConfiguration configuration, String layer);

    /**
     * How much noise.
     *
     * @return the share dropped; where learned rates start; the standard deviation of added noise
     * @throws MirageException if it changes in the course of training
     */
    double strength();

    /**
     * The same kind of noise, more or less of it.
     *
     * @param strength the share dropped; where learned rates start; the standard deviation of added noise
     * @return the kind; all that is not its strength stays as it is
     * @throws MirageException if the strength is out of range, or changes in the course of training
     */
    DropoutKind withStrength(double strength);

    /**
     * Whether a layer behaves at random in training or Monte Carlo passes.
     *
     * @param layer any layer's configuration
     * @return true with dropout, weight noise or concrete dropout
     */
    static boolean isNoisy(Layer layer) {
        return layer.getIDropout() != null
                || layer instanceof ConcreteDropoutLayer
                || (layer instanceof BaseLayer weighted && weighted.getWeightNoise() != null);
    }

    /**
     * Gives every layer masks of its own where Deeplearning4j's copy of a configuration shares them.
     *
     * @param configuration the description, changed in place
     */
    static void separate(ComputationGraphConfiguration configuration) {
        for (GraphVertex vertex : configuration.getVertices().values()) {
            if (vertex instanceof LayerVertex layered
                    && layered.getLayerConf().getLayer() instanceof BaseLayer weighted
                    && weighted.getWeightNoise() != null) {
                weighted.setWeightNoise(weighted.getWeightNoise().clone());
            }
        }
    }

    /**
     * No noise.
     *
     * @return Bernoulli dropout at rate 0
     */
    static DropoutKind none() {
        return new Bernoulli(DropoutRate.NONE);
    }

    /**
     * Bernoulli dropout.
     *
     * @param rate share dropped, in [0, 1)
     * @return the kind
     */
    static DropoutKind bernoulli(double rate) {
        return new Bernoulli(DropoutRate.of(rate));
    }

    /**
     * Inverted Bernoulli dropout: mask / (1 - rate) (Srivastava et al. 2014).
     *
     * @param rate share dropped
     */
    record Bernoulli(DropoutRate rate) implements DropoutKind {
        @Override
        public double strength() {
            return rate.rate();
        }

        @Override
        public DropoutKind withStrength(double strength) {
            return new Bernoulli(DropoutRate.of(strength));
        }

        @Override
        public void insertBefore(ComputationGraphConfiguration configuration, String layer) {
            if (rate.isActive()) {
                Surgery.insert(configuration, layer, new DropoutLayer(new Dropout(rate.retain())));
            }
        }
    }

    /**
     * Multiplication by N(1, rate / (1 - rate)) (Srivastava et al. 2014, section 10).
     *
     * @param rate share dropped by the Bernoulli dropout of equal variance
     */
    record Gaussian(DropoutRate rate) implements DropoutKind {
        @Override
        public double strength() {
            return rate.rate();
        }

        @Override
        public DropoutKind withStrength(double strength) {
            return new Gaussian(DropoutRate.of(strength));
        }

        @Override
        public void insertBefore(ComputationGraphConfiguration configuration, String layer) {
            if (rate.isActive()) {
                Surgery.insert(configuration, layer, new DropoutLayer(new GaussianDropout(rate.rate())));
            }
        }
    }

    /**
     * Addition of N(0, deviation^2) (Bishop 1995). Unlike masks it also moves what is 0.
     *
     * @param deviation the standard deviation, at least 0
     */
    record Additive(double deviation) implements DropoutKind {
        /**
         * Checks the range.
         *
         * @param deviation the standard deviation, at least 0
         */
        public Additive {
            if (!(deviation >= 0 && deviation < Double.POSITIVE_INFINITY)) {
                throw new MirageException(
                        "the standard deviation of added noise must be at least 0, but is " + deviation);
            }
        }

        @Override
        public double strength() {
            return deviation;
        }

        @Override
        public DropoutKind withStrength(double strength) {
            return new Additive(strength);
        }

        @Override
        public void insertBefore(ComputationGraphConfiguration configuration, String layer) {
            if (deviation > 0) {
                Surgery.insert(configuration, layer, new DropoutLayer(new GaussianNoise(deviation)));
            }
        }
    }

    /**
     * Alpha dropout, for what SELU gives: dropped units take SELU's lower limit, and an affine map keeps
     * mean 0 and variance 1 (Klambauer et al. 2017).
     *
     * @param rate share dropped
     */
    record Alpha(DropoutRate rate) implements DropoutKind {
        @Override
        public double strength() {
            return rate.rate();
        }

        @Override
        public DropoutKind withStrength(double strength) {
            return new Alpha(DropoutRate.of(strength));
        }

        @Override
        public void insertBefore(ComputationGraphConfiguration configuration, String layer) {
            if (rate.isActive()) {
                Surgery.insert(configuration, layer, new DropoutLayer(new AlphaDropout(rate.retain())));
            }
        }
    }

    /**
     * Whole channels of images dropped together (Tompson et al. 2015).
     *
     * @param rate share dropped
     */
    record Spatial(DropoutRate rate) implements DropoutKind {
        @Override
        public double strength() {
            return rate.rate();
        }

        @Override
        public DropoutKind withStrength(double strength) {
            return new Spatial(DropoutRate.of(strength));
        }

        @Override
        public void insertBefore(ComputationGraphConfiguration configuration, String layer) {
            if (rate.isActive()) {
                Surgery.insert(configuration, layer, new DropoutLayer(new SpatialDropout(rate.retain())));
            }
        }
    }

    /**
     * The layer's weights dropped instead of its inputs, one mask per batch (Wan et al. 2013), scaled by
     * 1 / (1 - rate) as Deeplearning4j's own {@code DropConnect} is not. Train it with {@link DropoutGradients},
     * because Deeplearning4j leaves the mask out of the gradient.
     *
     * @param rate share of weights dropped
     */
    record DropConnect(DropoutRate rate) implements DropoutKind {
        @Override
        public double strength() {
            return rate.rate();
        }

        @Override
        public DropoutKind withStrength(double strength) {
            return new DropConnect(DropoutRate.of(strength));
        }

        @Override
        public void insertBefore(ComputationGraphConfiguration configuration, String layer) {
            BaseLayer reader = Surgery.requireDense(configuration, layer, "DropConnect");
            if (rate.isActive()) {
                reader.setWeightNoise(new InvertedDropConnect(rate.rate()));
            }
        }
    }

    /**
     * Inverted Bernoulli dropout whose rate changes over iterations or epochs.
     *
     * @param rate the share dropped, as one of Deeplearning4j's schedules with values in [0, 1)
     */
    record Scheduled(ISchedule rate) implements DropoutKind {
        @Override
        public double strength() {
            throw noSingleRate();
        }

        @Override
        public DropoutKind withStrength(double strength) {
            throw noSingleRate();
        }

        @Override
        public void insertBefore(ComputationGraphConfiguration configuration, String layer) {
            Surgery.insert(configuration, layer, new DropoutLayer(new Dropout(new RetainSchedule(rate.clone()))));
        }

        private static MirageException noSingleRate() {
            return new MirageException("dropout whose rate follows a schedule has no single rate");
        }
    }

    /**
     * Dropout whose rate is learned, through the concrete relaxation of the mask (Gal, Hron and Kendall
     * 2017). Train it with {@link DropoutGradients}, without which the rate falls to 0.
     *
     * @param initial the rate at the start, above 0
     * @param lengthScale the prior's length scale, above 0: the larger, the smaller the weights and rates
     */
    record Concrete(DropoutRate initial, double lengthScale) implements DropoutKind {
        /**
         * Checks the ranges.
         *
         * @param initial the rate at the start, above 0
         * @param lengthScale the prior's length scale, above 0
         */
        public Concrete {
            if (!initial.isActive()) {
                throw new MirageException("concrete dropout must start at a rate above 0, but starts at 0");
            }
            if (!(lengthScale > 0)) {
                throw new MirageException(
                        "the length scale of concrete dropout must be above 0, but is " + lengthScale);
            }
        }

        @Override
        public double strength() {
            return initial.rate();
        }

        @Override
        public DropoutKind withStrength(double strength) {
            return new Concrete(DropoutRate.of(strength), lengthScale);
        }

        @Override
        public void insertBefore(ComputationGraphConfiguration configuration, String layer) {
            BaseLayer reader = Surgery.requireDense(configuration, layer, "concrete dropout");
            ConcreteDropoutLayer dropout = new ConcreteDropoutLayer(initial.rate(), lengthScale);
            dropout.setIUpdater(reader.getIUpdater());
            Surgery.insert(configuration, layer, dropout);
        }
    }
}
