package org.mirage4j.core.network;

import java.util.Locale;

/**
 * Where in a network a number that is not finite appeared first.
 *
 * @param layer name of the layer
 * @param kind which of its numbers
 */
public record NumericFault(String layer, Kind kind) {

    /** The numbers of a layer, in the order in which one spoils the next. */
    public enum Kind {
        /** A weight, bias or running statistic. */
        WEIGHT,
        /** What the layer computed from finite numbers. */
        OUTPUT,
        /** The gradient of a weight, while all outputs are finite. */
        GRADIENT
    }

    /**
     * The fault as part of a sentence.
     *
     * @return such as {@code the gradient of layer "dense-2"}
     */
    public String describe() {
        String article = kind == Kind.WEIGHT ? "a " : "the ";
        return article + kind.name().toLowerCase(Locale.ROOT) + " of layer \"" + layer + "\"";
    }
}
