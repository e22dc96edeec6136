package org.mirage4j.gan.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.gan.train.Discriminator.Verdict;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The gradient of a {@link Penalty} in the discriminator's parameters, without second derivatives: with g the
 * gradient of the logit at a point x, v = g / |g| and c the derivative of the penalty in |g|, it is the directional
 * derivative along v of the gradient in the parameters of c D(x), a central difference of two ordinary backward
 * passes. These replay the gates of the pass at x, which makes a network of piecewise-linear activations affine in x
 * and the difference exact for any width; without that, kinks between the two points would ruin it.
 */
final class GradientPenalty {
    /** Any width is exact for an affine function; around 1 the least is lost to rounding. */
    private static final double AFFINE_STEP = 1;

    private final Penalty penalty;
    private double[] row = new double[0];
    private double[] other = new double[0];
    private @Nullable INDArray points;
    private @Nullable INDArray above;
    private @Nullable INDArray below;

    GradientPenalty(Penalty penalty) {
        this.penalty = penalty;
    }

    boolean isActive() {
        return !(penalty instanceof Penalty.None);
    }

    /**
     * Adds the penalty's gradient to the discriminator's sum.
     *
     * @return the penalty, a mean over the batch
     */
    double add(Discriminator player, Seen real, Seen fake, Draw draw) {
        INDArray x = points(real.examples(), fake.examples(), draw);
        INDArray labels = labels(real, fake);
        int count = Math.toIntExact(x.size(0));
        long key = draw.streams().key(draw.stream("penalty-mask-") + player.index(), draw.index());
        double step = player.network().replaysAffinely() ? AFFINE_STEP : smoothStep(x.dataType());
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        Verdict verdict = player.judge(x, labels, Pass.train(key));
        INDArray gradient = player.backwardToExamples(verdict, ones);
        above = like(x, above);
        below = like(x, below);
        double[] weights = new double[count];
        double value = spread(x, gradient, above, below, step, weights);
        difference(player, above, labels, key, weights);
        for (int i = 0; i < count; i++) {
            weights[i] = -weights[i];
        }
        difference(player, below, labels, key, weights);
        return value;
    }

    private static void difference(
            Discriminator player, INDArray x, @Nullable INDArray labels, long key, double[] weights) {
        player.backward(player.judge(x, labels, Pass.replay(key)), weights);
        player.sum().add();
    }

    /** Truncation grows with the square of the width, rounding with its inverse: the cube root balances them. */
    private static double smoothStep(DataType type) {
        return Math.cbrt(type == DataType.FLOAT ? 0x1p-24 : 0x1p-53);
    }

    /** Goes to both sides of each point along its gradient; gives the value, and the weight of each difference. */
    private double spread(
            INDArray x, INDArray gradient, INDArray above, INDArray below, double step, double[] weights) {
        int width = reserve(x);
        FlatArray g = FlatArray.of(gradient);
        FlatArray centre = FlatArray.of(x);
        FlatArray up = FlatArray.of(above);
        FlatArray down = FlatArray.of(below);
        double[] way = new double[width];
        double value = 0;
        for (int i = 0; i < weights.length; i++) {
            int offset = i * width;
            g.get(offset, way, width);
            double square = 0;
            for (double component : way) {
                square += component * component;
            }
            double norm = Math.sqrt(square);
            value += penalty.value(norm) / weights.length;
            weights[i] = penalty.derivative(norm) / (2 * step * weights.length);
            double scale = norm > 0 ? step / norm : 0; // where the function is flat there is no direction
            centre.get(offset, row, width);
            for (int j = 0; j < width; j++) {
                other[j] = row[j] + scale * way[j];
                row[j] -= scale * way[j];
            }
            up.put(offset, other, width);
            down.put(offset, row, width);
        }
        return value;
    }

    /** The points where the slope is looked at: the given arrays or one of our own. */
    private INDArray points(INDArray real, INDArray fake, Draw draw) {
        if (penalty instanceof Penalty.WassersteinGp) {
            points = like(real, points);
            interpolate(real, fake, points, draw.streams().generator(draw.stream("interpolation"), draw.index()));
            return points;
        }
        if (penalty instanceof Penalty.Dragan) {
            points = like(real, points);
            disturb(real, points, draw.streams().generator(draw.stream("disturbance"), draw.index()));
            return points;
        }
        if (penalty instanceof Penalty.R1R2) {
            points = Numbers.join(real, fake, points);
            return points;
        }
        return penalty instanceof Penalty.R2 ? fake : real;
    }

    private @Nullable INDArray labels(Seen real, Seen fake) {
        INDArray ofReal = real.labels();
        INDArray ofFake = fake.labels();
        return penalty instanceof Penalty.R1R2 && ofReal != null && ofFake != null
                ? Nd4j.concat(0, ofReal, ofFake)
                : ofReal;
    }

    private void interpolate(INDArray real, INDArray fake, INDArray points, SplittableRandom random) {
        int width = reserve(real);
        FlatArray a = rowMajor(real);
        FlatArray b = rowMajor(fake);
        FlatArray between = FlatArray.of(points);
        for (int offset = 0; offset < between.length(); offset += width) {
            a.get(offset, row, width);
            b.get(offset, other, width);
            double share = random.nextDouble();
            for (int j = 0; j < width; j++) {
                row[j] = share * row[j] + (1 - share) * other[j];
            }
            between.put(offset, row, width);
        }
    }

    private void disturb(INDArray real, INDArray points, SplittableRandom random) {
        int width = reserve(real);
        double reach = 0.5 * real.stdNumber(false).doubleValue();
        FlatArray a = rowMajor(real);
        FlatArray around = FlatArray.of(points);
        for (int offset = 0; offset < around.length(); offset += width) {
            a.get(offset, row, width);
            for (int j = 0; j < width; j++) {
                row[j] += reach * random.nextDouble();
            }
            around.put(offset, row, width);
        }
    }

    private static FlatArray rowMajor(INDArray array) {
        return FlatArray.of(array.ordering() == 'c' ? array : array.dup('c'));
    }

    /** Makes room for one row; gives its length. */
    private int reserve(INDArray array) {
        int width = Math.toIntExact(array.length() / array.size(0));
        if (row.length != width) {
            row = new double[width];
            other = new double[width];
        }
        return width;
    }

    private static INDArray like(INDArray model, @Nullable INDArray array) {
        if (array != null && Arrays.equals(array.shape(), model.shape())) {
            return array;
        }
        return Nd4j.createUninitialized(model.dataType(), model.shape(), 'c');
    }
}
