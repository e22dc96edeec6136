package org.mirage4j.gan;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Labels as networks read them. */
final class OneHot {
    private OneHot() {}

    /** One row for each label, [N, classes]. */
    static INDArray of(int[] labels, int classes) {
        float[][] rows = new float[labels.length][classes];
        for (int i = 0; i < labels.length; i++) {
            rows[i][labels[i]] = 1;
        }
        return Nd4j.createFromArray(rows);
    }
}
