package org.mirage4j.classifier.dropout;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Configuration of a layer that drops its input at a learned rate; a bean, because Deeplearning4j stores it so. */
final class ConcreteDropoutLayer extends BaseLayer {
    private static final long serialVersionUID = 1L;

    private double initialRate;
    private double lengthScale;

    /** For deserialisation. */
    ConcreteDropoutLayer() {}

    ConcreteDropoutLayer(double initialRate, double lengthScale) {
        this.initialRate = initialRate;
        this.lengthScale = lengthScale;
        setActivationFn(new ActivationIdentity());
        setGradientNormalization(GradientNormalization.None);
    }

    public double getInitialRate() {
        return initialRate;
    }

    public void setInitialRate(double initialRate) {
        this.initialRate = initialRate;
    }

    public double getLengthScale() {
        return lengthScale;
    }

    public void setLengthScale(double lengthScale) {
        this.lengthScale = lengthScale;
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        ConcreteDropoutRun layer = new ConcreteDropoutRun(conf, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public ParamInitializer initializer() {
        return LogitInitializer.INSTANCE;
    }

    @Override
    public InputType getOutputType(int index, InputType input) {
        return input;
    }

    @Override
    public void setNIn(InputType input, boolean override) {
        // any size
    }

    @Override
    public @Nullable InputPreProcessor getPreProcessorForInputType(InputType input) {
        return null;
    }

    @Override
    public List<Regularization> getRegularizationByParam(String key) {
        return List.of();
    }

    @Override
    public boolean isPretrainParam(String key) {
        return false;
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType input) {
        return new LayerMemoryReport.Builder(getLayerName(), ConcreteDropoutLayer.class, input, input)
                .standardMemory(1, getIUpdater().stateSize(1))
                .workingMemory(0, 0, 0, 2 * input.arrayElementsPerExample())
                .build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof ConcreteDropoutLayer that
                && that.initialRate == initialRate
                && that.lengthScale == lengthScale;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), initialRate, lengthScale);
    }

    /** One parameter, the log-odds of dropping: any step of any updater keeps the rate inside (0, 1). */
    private enum LogitInitializer implements ParamInitializer {
        INSTANCE;

        @Override
        public long numParams(NeuralNetConfiguration conf) {
            return 1;
        }

        @Override
        public long numParams(Layer layer) {
            return 1;
        }

        @Override
        public List<String> paramKeys(Layer layer) {
            return List.of(ConcreteDropoutRun.LOGIT);
        }

        @Override
        public List<String> weightKeys(Layer layer) {
            return List.of();
        }

        @Override
        public List<String> biasKeys(Layer layer) {
            return List.of();
        }

        @Override
        public boolean isWeightParam(Layer layer, String key) {
            return false;
        }

        @Override
        public boolean isBiasParam(Layer layer, String key) {
            return false;
        }

        @Override
        public Map<String, INDArray> init(NeuralNetConfiguration conf, INDArray view, boolean initialize) {
            if (initialize) {
                double rate = ((ConcreteDropoutLayer) conf.getLayer()).getInitialRate();
                view.assign(Math.log(rate / (1 - rate)));
            }
            conf.addVariable(ConcreteDropoutRun.LOGIT);
            return views(view);
        }

        @Override
        public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration conf, INDArray view) {
            return views(view);
        }

        private static Map<String, INDArray> views(INDArray view) {
            // Deeplearning4j replaces entries later
            return new java.util.LinkedHashMap<>(Map.of(ConcreteDropoutRun.LOGIT, view.reshape(1, 1)));
        }
    }
}
