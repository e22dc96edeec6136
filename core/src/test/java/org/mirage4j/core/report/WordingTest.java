package org.mirage4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordingTest {
    @Test
    void optionsBecomeWords() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("hiddenDropout", List.of("bernoulli 0.5", "gaussian 0.1"));
        options.put("channels", List.of());
        options.put("game.generatorUpdater.learningRate", 2e-4);
        options.put("maxNorm", 0.0);
        options.put("game.loss", "NON_SATURATING");
        options.put("batchNormalization", true);
        options.put("l2", 1e-9);
        options.put("batch", 64);
        options.put("from", "Data.csv");
        options.put("column", "X");
        options.put("other", null);
        assertThat(Wording.of(options))
                .containsExactly(
                        entry("hidden dropout", "bernoulli 0.5, gaussian 0.1"),
                        entry("channels", "none"),
                        entry("game generator updater learning rate", "0.0002"),
                        entry("max norm", "0"),
                        entry("game loss", "non saturating"),
                        entry("batch normalization", "yes"),
                        entry("l2", "1E-9"),
                        entry("batch", "64"),
                        entry("from", "Data.csv"),
                        entry("column", "X"),
                        entry("other", "none"));
    }
}
