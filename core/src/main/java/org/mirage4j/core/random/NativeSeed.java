package org.mirage4j.core.random;

/** What ND4J's generators are seeded with. */
public final class NativeSeed {
    private static final long IN_PLACE_OF_ZERO = 0x9e3779b97f4a7c15L;

    private NativeSeed() {}

    /**
     * A seed that gives the same numbers every time: ND4J takes 0 for the time of day.
     *
     * @param seed any number
     * @return the same, but for 0
     */
    public static long of(long seed) {
        return seed == 0 ? IN_PLACE_OF_ZERO : seed;
    }
}
