package org.mirage4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordingTest {
    @Test
    void figuresHaveFourDigitsAndNoPowerOfTenThatNobodyNeeds() {
        assertThat(Wording.figure(13_619.7)).isEqualTo("13,620");
        assertThat(Wording.figure(0.046291)).isEqualTo("0.04629");
        assertThat(Wording.figure(-1.23456e12)).isEqualTo("-1.235E12");
        assertThat(Wording.figure(0)).isEqualTo("0");
        assertThat(Wording.figure(Double.NaN)).isEmpty();
    }

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
