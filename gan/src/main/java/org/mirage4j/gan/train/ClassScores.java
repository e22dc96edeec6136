package org.mirage4j.gan.train;

/**
 * The output of a discriminator that gives a score for each class behind its logit, and how loss gradients go back
 * into it. With projection, the score of an example's own class is part of its logit: a dense layer's score of class
 * y is the inner product of its features with the embedding of y (Miyato and Koyama 2018). With an auxiliary
 * classifier, the scores are logits of a softmax of their own (Odena et al. 2017).
 */
final class ClassScores {
    private final boolean projects;
    private final int width;
    private final double[] output;
    private final int[] classes;

    /**
     * Reads an output.
     *
     * @param kind projection or auxiliary classifier
     * @param output [N, 1 + classes] in row-major order
     * @param labels one-hot, [N, classes] in row-major order
     */
    ClassScores(Conditioning.Kind kind, double[] output, double[] labels) {
        this.projects = kind == Conditioning.Kind.PROJECTION;
        int count = output.length - labels.length;
        this.width = output.length / count;
        this.output = output;
        this.classes = new int[count];
        for (int i = 0; i < count; i++) {
            for (int c = 1; c < width - 1; c++) {
                if (labels[i * (width - 1) + c] > labels[i * (width - 1) + classes[i]]) {
                    classes[i] = c;
                }
            }
        }
    }

    /** How real each example is, given its class. */
    double[] logits() {
        double[] logits = new double[classes.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = output[i * width] + (projects ? output[own(i)] : 0);
        }
        return logits;
    }

    /** The mean cross-entropy of the classes; 0 with projection. */
    double crossEntropy() {
        if (projects) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < classes.length; i++) {
            Exponentials exponentials = exponentials(i);
            sum += exponentials.largest - output[own(i)] + Math.log1p(exponentials.others);
        }
        return sum / classes.length;
    }

    /**
     * The gradient in the output.
     *
     * @param logitGradient that of the adversarial loss in each logit
     * @param classWeight weight of each example's cross-entropy
     * @return [N, 1 + classes] in row-major order
     */
    double[] gradient(double[] logitGradient, double classWeight) {
        double[] gradient = new double[output.length];
        for (int i = 0; i < classes.length; i++) {
            gradient[i * width] = logitGradient[i];
            if (projects) {
                gradient[own(i)] = logitGradient[i];
            } else if (classWeight != 0) {
                Exponentials exponentials = exponentials(i);
                double sum = 1 + exponentials.others;
                for (int c = i * width + 1; c < (i + 1) * width; c++) {
                    gradient[c] = classWeight * Math.exp(output[c] - exponentials.largest) / sum;
                }
                // probability less 1, without the cancellation where the class is as good as certain
                double wrong =
                        own(i) == exponentials.place ? exponentials.others / sum : 1 - gradient[own(i)] / classWeight;
                gradient[own(i)] = -classWeight * wrong;
            }
        }
        return gradient;
    }

    private int own(int example) {
        return example * width + 1 + classes[example];
    }

    /**
     * Exponentials of an example's class scores, divided by the largest.
     *
     * @param place where the largest score stands
     * @param largest the largest score
     * @param others the sum of all but the largest
     */
    private record Exponentials(int place, double largest, double others) {}

    private Exponentials exponentials(int example) {
        int place = example * width + 1;
        for (int c = place + 1; c < (example + 1) * width; c++) {
            if (output[c] > output[place]) {
                place = c;
            }
        }
        double others = 0;
        for (int c = example * width + 1; c < (example + 1) * width; c++) {
            others += c == place ? 0 : Math.exp(output[c] - output[place]);
        }
        return new Exponentials(place, output[place], others);
    }
}
