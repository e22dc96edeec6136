package org.mirage4j.benchmarks;

import java.util.Arrays;
import java.util.List;
import org.mirage4j.core.MirageException;

/** Who takes part: an implementation of the workloads together with the settings it runs under. */
enum Contestant {
    MIRAGE_PLAN("mirage-plan", Settings.PLAN),
    MIRAGE_STOCK("mirage-stock", Settings.TUNED),
    DL4J_TUNED("dl4j", Settings.TUNED),
    DL4J_STACKED_TUNED("dl4j-stacked", Settings.TUNED),
    DL4J_INSTALLED("dl4j", Settings.AS_INSTALLED),
    DL4J_STACKED_INSTALLED("dl4j-stacked", Settings.AS_INSTALLED),
    TENSORFLOW("tensorflow", Settings.TUNED),
    TENSORFLOW_STACKED("tensorflow-stacked", Settings.TUNED),
    DJL("djl", Settings.TUNED),
    DJL_STACKED("djl-stacked", Settings.TUNED);

    private final String implementation;
    private final Settings settings;

    Contestant(String implementation, Settings settings) {
        this.implementation = implementation;
        this.settings = settings;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    String implementation() {
        return implementation;
    }

    Settings settings() {
        return settings;
    }

    boolean isPeer() {
        return implementation.startsWith("tensorflow") || implementation.startsWith("djl");
    }

    boolean isMirage() {
        return implementation.startsWith("mirage");
    }

    /** A single network has nothing to stack, and peers do not train adversarial pairs as one graph. */
    boolean takesPartIn(Workload workload) {
        return !implementation.endsWith("-stacked")
                || workload instanceof Workload.MonteCarlo
                || (!isPeer() && !(workload instanceof Workload.Classifier));
    }

    static Contestant labelled(String label) {
        List<String> labels = Arrays.stream(values()).map(Contestant::label).toList();
        int index = labels.indexOf(label);
        if (index < 0) {
            throw new MirageException("contestant \"" + label + "\" is unknown; there are " + labels);
        }
        return values()[index];
    }
}
