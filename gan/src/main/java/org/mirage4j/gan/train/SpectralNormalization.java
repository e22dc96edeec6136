package org.mirage4j.gan.train;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.WeightMatrix;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.Resumable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Spectral normalisation (Miyato et al. 2018): every weight matrix of the network, a convolution's as one row per
 * output channel, is a raw matrix divided by its largest singular value sigma. The updater works on the raw matrices,
 * which are kept beside; the network has the divided ones between steps, so that it can be run and differentiated as
 * it is. Sigma is u'Wv with the singular vectors of a power iteration that goes on from step to step, and the
 * gradient passes through it.
 */
final class SpectralNormalization implements Resumable {
    private static final int FIRST_ITERATIONS = 1000;
    private static final int ITERATIONS_PER_STEP = 100;

    /** Relative change of sigma at which an iteration ends, usually after a few rounds from the last step's vectors. */
    private static final double TOLERANCE = 1e-6;

    private final String name;
    private final FlatArray parameters;
    private final FlatArray gradients;
    private final Normalized[] matrices;
    private final double[] block;

    SpectralNormalization(String name, Network network) {
        this.name = name;
        this.parameters = FlatArray.of(network.parameters());
        this.gradients = FlatArray.of(network.gradients());
        List<WeightMatrix> weights = network.weightMatrices();
        this.matrices = weights.stream().map(Normalized::new).toArray(Normalized[]::new);
        this.block = new double
                [weights.stream()
                        .mapToInt(matrix -> matrix.rows() * matrix.columns())
                        .max()
                        .orElse(0)];
        for (Normalized matrix : matrices) {
            matrix.readRaw(parameters);
            matrix.iterate(FIRST_ITERATIONS, 0);
            matrix.writeDivided(parameters, block);
        }
    }

    /** Turns the gradient in the divided weights into that in the raw ones, and puts those in place. */
    void beforeStep() {
        for (Normalized matrix : matrices) {
            matrix.correct(gradients, block);
            parameters.put(matrix.weights.offset(), matrix.raw, matrix.raw.length);
        }
    }

    /** Divides what the step has made of the raw weights. */
    void afterStep() {
        for (Normalized matrix : matrices) {
            matrix.readRaw(parameters);
            matrix.iterate(ITERATIONS_PER_STEP, TOLERANCE);
            matrix.writeDivided(parameters, block);
        }
    }

    @Override
    public void save(CheckpointWriter to) throws IOException {
        INDArray state = Nd4j.createFromArray(state());
        to.array(name, state);
        NativeMemory.release(state);
    }

    @Override
    public void restore(Checkpoint from) {
        INDArray state = Nd4j.create(DataType.DOUBLE, stateLength());
        from.into(name, state);
        setState(state.toDoubleVector());
    }

    private int stateLength() {
        return Arrays.stream(matrices).mapToInt(Normalized::length).sum();
    }

    /** Raw weights, singular vectors and values of all matrices. */
    double[] state() {
        double[] state = new double[stateLength()];
        int offset = 0;
        for (Normalized matrix : matrices) {
            for (double[] part : matrix.parts()) {
                System.arraycopy(part, 0, state, offset, part.length);
                offset += part.length;
            }
        }
        return state;
    }

    /** Puts a {@link #state} back; the network's parameters are the caller's to restore. */
    void setState(double[] state) {
        int offset = 0;
        for (Normalized matrix : matrices) {
            for (double[] part : matrix.parts()) {
                System.arraycopy(state, offset, part, 0, part.length);
                offset += part.length;
            }
        }
    }

    /** One weight matrix. */
    private static final class Normalized {
        private final WeightMatrix weights;
        private final double[] raw;
        private final double[] left;
        private final double[] right;
        private final double[] sigma = {1};

        Normalized(WeightMatrix weights) {
            this.weights = weights;
            this.raw = new double[weights.rows() * weights.columns()];
            this.left = new double[weights.rows()];
            this.right = new double[weights.columns()];
        }

        int length() {
            return raw.length + left.length + right.length + 1;
        }

        double[][] parts() {
            return new double[][] {raw, left, right, sigma};
        }

        void readRaw(FlatArray parameters) {
            parameters.get(weights.offset(), raw, raw.length);
        }

        void writeDivided(FlatArray parameters, double[] block) {
            for (int i = 0; i < raw.length; i++) {
                block[i] = raw[i] / sigma[0];
            }
            parameters.put(weights.offset(), block, raw.length);
        }

        /** dLoss/dRaw = (G - (G . W / sigma) u v') / sigma. */
        void correct(FlatArray gradients, double[] block) {
            gradients.get(weights.offset(), block, raw.length);
            double along = 0;
            for (int i = 0; i < raw.length; i++) {
                along += block[i] * raw[i];
            }
            along /= sigma[0];
            for (int row = 0, i = 0; row < left.length; row++) {
                double factor = along * left[row];
                for (double v : right) {
                    block[i] = (block[i] - factor * v) / sigma[0];
                    i++;
                }
            }
            gradients.put(weights.offset(), block, raw.length);
        }

        void iterate(int most, double tolerance) {
            if (isZero(left)) {
                start();
            }
            for (int n = 0; n < most; n++) {
                double before = sigma[0];
                multiplyTransposed();
                if (normalize(right) == 0) {
                    sigma[0] = 1; // nothing to divide by
                    return;
                }
                multiply();
                sigma[0] = normalize(left);
                if (Math.abs(sigma[0] - before) <= tolerance * sigma[0]) {
                    return;
                }
            }
        }

        /** Any start but one orthogonal to the singular vector will do, and this one depends on no random numbers. */
        private void start() {
            for (int row = 0; row < left.length; row++) {
                double square = 0;
                for (int i = row * right.length; i < (row + 1) * right.length; i++) {
                    square += raw[i] * raw[i];
                }
                left[row] = Math.sqrt(square);
            }
        }

        private void multiply() {
            for (int row = 0, i = 0; row < left.length; row++) {
                double sum = 0;
                for (double v : right) {
                    sum += raw[i++] * v;
                }
                left[row] = sum;
            }
        }

        private void multiplyTransposed() {
            Arrays.fill(right, 0);
            for (int row = 0, i = 0; row < left.length; row++) {
                double u = left[row];
                for (int column = 0; column < right.length; column++) {
                    right[column] += u * raw[i++];
                }
            }
        }

        private static boolean isZero(double[] vector) {
            for (double value : vector) {
                if (value != 0) {
                    return false;
                }
            }
            return true;
        }

        private static double normalize(double[] vector) {
            double square = 0;
            for (double value : vector) {
                square += value * value;
            }
            double norm = Math.sqrt(square);
            if (norm > 0) {
                for (int i = 0; i < vector.length; i++) {
                    vector[i] /= norm;
                }
            }
            return norm;
        }
    }
}
