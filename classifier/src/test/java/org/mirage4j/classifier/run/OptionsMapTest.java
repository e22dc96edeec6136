package org.mirage4j.classifier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.run.RunDirectory;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

class OptionsMapTest {

    static Stream<ClassifierOptions> options() {
        DropoutRate rate = DropoutRate.of(0.25);
        return Stream.of(
                ClassifierOptions.article(),
                ClassifierOptions.convolutional().toBuilder()
                        .channelDropout(new DropoutKind.Spatial(rate))
                        .build(),
                ClassifierOptions.builder()
                        .hidden(1, 2, 3, 4, 5, 6)
                        .hiddenDropout(List.of(
                                new DropoutKind.Gaussian(rate),
                                new DropoutKind.Additive(0.4),
                                new DropoutKind.Alpha(rate),
                                new DropoutKind.DropConnect(rate),
                                new DropoutKind.Concrete(rate, 1e-2),
                                DropoutKind.none()))
                        .activation(Activation.SELU)
                        .inputDropout(DropoutKind.bernoulli(1e-4))
                        .maxNorm(3)
                        .l1(1e-5)
                        .l2(2e-5)
                        .updater(new Adam(2e-4))
                        .seed(Long.MAX_VALUE)
                        .earlyStopping(3, 0.2)
                        .build(),
                ClassifierOptions.builder()
                        .updater(ClassifierOptions.decayingAdam(0.003, 12))
                        .averageDecay(0.99)
                        .build());
    }

    private static Map<String, Object> stored(ClassifierOptions options) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, Object> stored = new HashMap<>();
        mapper.readTree(mapper.writeValueAsBytes(OptionsMap.of(options)))
                .properties()
                .forEach(entry -> stored.put(entry.getKey(), mapper.convertValue(entry.getValue(), Object.class)));
        return stored;
    }

    @ParameterizedTest
    @MethodSource("options")
    void optionsSurviveJson(ClassifierOptions options) throws IOException {
        assertThat(OptionsMap.read(stored(options))).isEqualTo(options);
        assertThat(RunDirectory.differences(stored(options), OptionsMap.of(options), Set.of()))
                .isEmpty();
    }

    @Test
    void differencesAreListedButForThoseAllowed() throws IOException {
        ClassifierOptions now = ClassifierOptions.builder()
                .l2(0.1)
                .epochs(20)
                .hiddenDropout(DropoutKind.bernoulli(0.4))
                .build();
        assertThat(RunDirectory.differences(stored(ClassifierOptions.article()), OptionsMap.of(now), Set.of("epochs")))
                .containsExactly(
                        "hiddenDropout was [bernoulli 0.5] and is now [bernoulli 0.4]", "l2 was 0.0 and is now 0.1");
    }

    @Test
    void whatCannotBeReadBackIsNamed() throws IOException {
        Map<String, Object> map =
                stored(ClassifierOptions.builder().updater(new Sgd(0.1)).build());
        assertThatThrownBy(() -> OptionsMap.read(map))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("\"updater\" cannot be read back");
        map.put("hiddenDropout", List.of("salt 0.5"));
        assertThatThrownBy(() -> OptionsMap.read(map)).hasMessageContaining("\"hiddenDropout\" cannot be read back");
        map.put("hidden", List.of("many"));
        assertThatThrownBy(() -> OptionsMap.read(map))
                .hasMessageContaining("\"hidden\" cannot be read back: it is many");
        map.remove("channels");
        assertThatThrownBy(() -> OptionsMap.read(map))
                .hasMessageContaining("\"channels\" cannot be read back: it is null");
    }
}
