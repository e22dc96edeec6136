package org.mirage4j.benchmarks;

import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mirage4j.core.MirageException;

/** What is computed, the same for every contestant. */
public sealed interface Workload {
    /** Pixels along one side of an image of digits. */
    int SIDE = 28;

    /** Pixels of an image of digits. */
    int PIXELS = SIDE * SIDE;

    /** Classes of a classifier. */
    int CLASSES = 10;

    /** Length of a generator's latent vector. */
    int LATENT = 100;

    /** Hidden units of the dense generator and discriminator. */
    int GAN_UNITS = 128;

    /** Slope of LeakyReLU for negative values. */
    double SLOPE = 0.2;

    /** Share of the running statistics that batch normalisation keeps at each step. */
    double MOMENTUM = 0.8;

    /** Share of hidden units that a classifier drops. */
    double DROPOUT = 0.5;

    /** Adam's step size for classifiers. */
    double CLASSIFIER_RATE = 1e-3;

    /** Adam's step size for adversarial networks. */
    double GAN_RATE = 2e-4;

    /** Adam's first decay for adversarial networks. */
    double GAN_BETA1 = 0.5;

    /**
     * The discriminator's target for real examples. Both targets are smoothed, so that no contestant's
     * discriminator saturates and goes on with denormal numbers.
     */
    double REAL = 0.9;

    /** The discriminator's target for generated examples. */
    double FAKE = 0.1;

    /** The names of the standard workloads. */
    List<String> STANDARD = List.of("W1-32", "W1-128", "W2", "W3", "W4", "W5");

    /**
     * One Adam step of a classifier: dense, ReLU and dropout per hidden layer, then softmax with
     * cross-entropy.
     *
     * @param batch examples per step
     * @param hidden units of the hidden layers
     */
    record Classifier(int batch, List<Integer> hidden) implements Workload {
        /**
         * Copies the list.
         *
         * @param batch examples per step
         * @param hidden units of the hidden layers
         */
        public Classifier {
            hidden = List.copyOf(hidden);
        }
    }

    /**
     * One iteration of a dense adversarial pair on images of digits: a discriminator step on real and
     * generated examples, then a generator step, with Adam.
     *
     * @param batch real examples, and generated ones, per step
     */
    record DenseGan(int batch) implements Workload {}

    /**
     * One iteration of a convolutional adversarial pair (Radford et al. 2016).
     *
     * @param batch real examples, and generated ones, per step
     * @param side pixels along one side of an image, a multiple of 4
     */
    record ImageGan(int batch, int side) implements Workload {}

    /**
     * One Monte Carlo dropout prediction: the mean of several passes of a classifier with dropout on.
     *
     * @param examples how many inputs
     * @param passes how many passes
     * @param hidden units of the hidden layers
     */
    record MonteCarlo(int examples, int passes, List<Integer> hidden) implements Workload {
        /**
         * Copies the list.
         *
         * @param examples how many inputs
         * @param passes how many passes
         * @param hidden units of the hidden layers
         */
        public MonteCarlo {
            hidden = List.copyOf(hidden);
        }
    }

    /**
     * The workload of a name.
     *
     * @param name one of {@link #STANDARD}, or a point of a scaling curve: {@code mlp-BATCHxUNITS} or
     *     {@code dcgan-BATCHxSIDE}
     * @return the workload
     * @throws MirageException if there is none of that name
     */
    static Workload named(String name) {
        Matcher point =
                Pattern.compile("(mlp|dcgan)-([1-9]\\d{0,5})x([1-9]\\d{0,4})").matcher(name);
        if (point.matches()) {
            int batch = Integer.parseInt(point.group(2));
            int size = Integer.parseInt(point.group(3));
            if (point.group(1).equals("mlp")) {
                return new Classifier(batch, List.of(size));
            }
            if (size % 4 == 0) {
                return new ImageGan(batch, size);
            }
        }
        List<Integer> large = Collections.nCopies(3, 1024);
        return switch (name) {
            case "W1-32" -> new Classifier(32, List.of(128));
            case "W1-128" -> new Classifier(128, List.of(128));
            case "W2" -> new Classifier(128, large);
            case "W3" -> new DenseGan(100);
            case "W4" -> new ImageGan(64, SIDE);
            case "W5" -> new MonteCarlo(100, 50, large);
            default ->
                throw new MirageException("workload \"" + name + "\" is unknown; there are " + STANDARD
                        + ", mlp-BATCHxUNITS and dcgan-BATCHxSIDE with a side divisible by 4");
        };
    }
}
