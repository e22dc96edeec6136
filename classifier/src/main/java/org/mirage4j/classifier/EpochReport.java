package org.mirage4j.classifier;

/**
 * What one epoch of training came to.
 *
 * @param epoch counted from 1
 * @param trainingLoss mean over the epoch's steps of loss and penalties, with dropout on
 * @param heldOutLoss negative log-likelihood on the held-out share, without dropout; NaN if nothing is held out
 * @param heldOutError share of the held-out examples misclassified; NaN if nothing is held out
 */
public record EpochReport(int epoch, double trainingLoss, double heldOutLoss, double heldOutError) {}
