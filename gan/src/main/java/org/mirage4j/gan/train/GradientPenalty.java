package org.mirage4j.gan.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.gan.train.Discriminator.Verdict;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The gradient of a {@link Penalty} in the discriminator's parameters, without second derivatives of whole networks:
 * with g the gradient of the logit at a point x, v = g / |g| and c the derivative of the penalty in |g|, it is c times
 * the directional derivative along v of the logit's gradient in the parameters, half the difference of two passes that
 * replay the one at x. Replays are affine, which makes the difference exact at any distance from x: how far they go
 * matters for rounding alone.
 */
final class GradientPenalty {
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
        double[] weights = new double[count];
        Arrays.fill(weights, 1);
        Verdict verdict = player.judge(x, labels, Pass.record(key));
        INDArray gradient = player.backwardToExamples(verdict, weights);
        double[] norms = norms(gradient, count);
        double[] distances = new double[count];
        double factor;
        if (player.network().isPiecewiseAffine()) {
            // a difference is in proportion to what the passes go back from
            factor = 1;
            Arrays.fill(distances, 1);
            for (int i = 0; i < count; i++) {
                weights[i] = penalty.derivative(norms[i]) / (2.0 * count);
            }
        } else {
            // a difference is in proportion to its distance, while the passes go back from what the recorded one did
            double scale = scale(norms);
            factor = 1 / (2 * scale * count);
            for (int i = 0; i < count; i++) {
                distances[i] = scale * penalty.derivative(norms[i]);
            }
        }
        above = like(x, above);
        below = like(x, below);
        spread(x, gradient, norms, distances, above, below);
        player.backward(player.judge(above, labels, Pass.replay(key)), weights);
        player.sum().add(factor);
        player.backward(player.judge(below, labels, Pass.replay(key)), weights);
        player.sum().add(-factor);
        double value = 0;
        for (double norm : norms) {
            value += penalty.value(norm) / count;
        }
        return value;
    }

    /**
     * What to multiply each example's derivative of the penalty by for a distance in the input. Short ways are lost in
     * the rounding of the input, and over long ones products of changes, which cancel, drown the changes themselves;
     * these grow with the norm.
     */
    private double scale(double[] norms) {
        double longest = 0;
        for (double norm : norms) {
            longest = Math.max(longest, Math.abs(penalty.derivative(norm)) * Math.sqrt(Math.max(1, norm)));
        }
        return longest > 0 ? 1 / longest : 1;
    }

    private static double[] norms(INDArray gradient, int count) {
        FlatArray g = FlatArray.of(gradient);
        double[] way = new double[Math.toIntExact(gradient.length() / count)];
        double[] norms = new double[count];
        for (int i = 0; i < count; i++) {
            g.get(i * way.length, way, way.length);
            double square = 0;
            for (double component : way) {
                square += component * component;
            }
            norms[i] = Math.sqrt(square);
        }
        return norms;
    }

    /** Goes some distance to both sides of each point along its gradient. */
    private void spread(
            INDArray x, INDArray gradient, double[] norms, double[] distances, INDArray above, INDArray below) {
        int width = reserve(x);
        FlatArray g = FlatArray.reading(gradient);
        FlatArray centre = FlatArray.reading(x);
        FlatArray up = FlatArray.of(above);
        FlatArray down = FlatArray.of(below);
        double[] way = new double[width];
        for (int i = 0; i < norms.length; i++) {
            int offset = i * width;
            g.get(offset, way, width);
            // where the function is flat there is no direction
            double scale = norms[i] > 0 ? distances[i] / norms[i] : 0;
            centre.get(offset, row, width);
            for (int j = 0; j < width; j++) {
                other[j] = row[j] + scale * way[j];
                row[j] -= scale * way[j];
            }
            up.put(offset, other, width);
            down.put(offset, row, width);
        }
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
        FlatArray a = FlatArray.reading(real);
        FlatArray b = FlatArray.reading(fake);
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
        FlatArray a = FlatArray.reading(real);
        FlatArray around = FlatArray.of(points);
        for (int offset = 0; offset < around.length(); offset += width) {
            a.get(offset, row, width);
            for (int j = 0; j < width; j++) {
                row[j] += reach * random.nextDouble();
            }
            around.put(offset, row, width);
        }
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
