package org.mirage4j.gan.loss;

/**
 * A loss and its gradient.
 *
 * @param value the loss
 * @param realGradient dLoss/dLogit of each real example
 * @param fakeGradient dLoss/dLogit of each generated example
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, never compared
public record LossValue(double value, double[] realGradient, double[] fakeGradient) {}
