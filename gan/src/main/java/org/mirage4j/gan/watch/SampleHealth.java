package org.mirage4j.gan.watch;

/**
 * How generated examples compare with as many real ones.
 *
 * @param diversity mean distance of two generated examples over that of two real ones; 0 if all are the same
 * @param contrast variance of all generated values (pixels) over that of all real ones; 0 if every image is blank
 * @param nearDuplicates share of generated examples that have another one closer than half the median distance
 *     between a real example and its nearest neighbour; where the contrast is below 1, times its square root
 */
public record SampleHealth(double diversity, double contrast, double nearDuplicates) {}
