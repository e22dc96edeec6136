package org.mirage4j.classifier;

/** Why a person is asked instead of the model. */
public enum Doubt {
    /** The calibration part shows of no answers at all that they are as accurate as is wanted. */
    UNPROVEN("unproven"),

    /** The predictive entropy is above its threshold: the classes are hard to tell apart here. */
    ENTROPY("entropy"),

    /** The mutual information is above its threshold: the passes disagree, as they do far from the training data. */
    MUTUAL_INFORMATION("mutual information"),

    /** A column holds what training has not seen. */
    RANGE("range");

    private final String title;

    Doubt(String title) {
        this.title = title;
    }

    /**
     * The name to show.
     *
     * @return one or two words
     */
    public String title() {
        return title;
    }
}
