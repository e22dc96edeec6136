package org.mirage4j.classifier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.RunDirectory;

class StudyRunTest {
    private static final InMemoryExamples TRAINING = new SyntheticDigits(0).examples(0, 100);
    private static final InMemoryExamples TEST = new SyntheticDigits(1).examples(0, 50);
    private static final ClassifierOptions OPTIONS =
            ClassifierOptions.builder().hidden(12).epochs(2).build();
    private static final List<StudyCase> CASES = List.of(
            new StudyCase("small", "12, dropout", 0.0125, OPTIONS),
            new StudyCase(
                    "longer",
                    "12, longer",
                    Double.NaN,
                    OPTIONS.toBuilder().epochs(3).build()));

    @TempDir
    private Path folder;

    private static StudyRun open(Path folder) {
        return StudyRun.open(folder, CASES, 2, TRAINING, TEST);
    }

    private static StudyRun.Result run(Path folder, StudyRun.Observer observer) {
        try (StudyRun study = open(folder)) {
            return study.run(observer);
        }
    }

    private static JsonNode json(Path study) throws IOException {
        return new ObjectMapper().readTree(study.resolve("study.json").toFile());
    }

    @Test
    void studyEndedEarlyGoesOnWhereItStoodAndSaysTheSame() throws IOException {
        Path whole = folder.resolve("whole");
        StudyRun.Result atOnce = run(whole, (epochs, status) -> true);
        assertThat(atOnce.finished()).isTrue();

        Path parts = folder.resolve("parts");
        StudyRun.Result first = run(parts, (epochs, status) -> epochs < 4);
        assertThat(first.finished()).isFalse();
        assertThat(first.table()).contains("12, dropout").doesNotContain("| 12, longer |");
        assertThat(RunDirectory.open(parts).manifest().status()).isEqualTo(Manifest.Status.STOPPED);

        List<Long> epochs = new ArrayList<>();
        try (StudyRun second = open(parts)) {
            assertThat(second.done()).isEqualTo(2);
            StudyRun.Result rest = second.run((done, status) -> epochs.add(done));
            // the case of two epochs was finished with the first seed only
            assertThat(epochs).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
            assertThat(second.epochs()).isEqualTo(10);
            assertThat(rest.finished()).isTrue();
        }
        assertThat(json(parts).at("/cases/small/errors"))
                .isEqualTo(json(whole).at("/cases/small/errors"))
                .hasSize(2);
        assertThat(json(parts).at("/cases/longer/monteCarloErrors"))
                .isEqualTo(json(whole).at("/cases/longer/monteCarloErrors"));
    }

    @Test
    void tableSetsMeanAndStandardErrorBesideWhatWasPublished() throws IOException {
        StudyRun.Result result = run(folder.resolve("study"), (epochs, status) -> true);
        JsonNode small = json(folder.resolve("study")).at("/cases/small");
        double one = small.at("/errors/0").asDouble();
        double two = small.at("/errors/1").asDouble();
        assertThat(result.table())
                .contains(String.format(
                        Locale.ROOT,
                        "| 12, dropout | 1.25 | %.2f ± %.2f |",
                        50 * (one + two),
                        50 * Math.abs(one - two)))
                .contains("| 12, longer | - |")
                .contains("| 12, dropout | blurred |")
                .contains("50 passes over 50 inputs of 12, longer, without");
        assertThat(Files.readString(result.report())).contains("12, longer");
        assertThat(folder.resolve("study/plots/errors.png")).isNotEmptyFile();
    }

    @Test
    void resultsOfOtherOptionsAndOtherFoldersAreRefused() {
        Path study = folder.resolve("study");
        run(study, (epochs, status) -> epochs < 2);
        List<StudyCase> changed = List.of(
                new StudyCase("small", "x", 0.01, OPTIONS.toBuilder().maxNorm(2).build()));
        assertThatThrownBy(() -> StudyRun.open(study, changed, 2, TRAINING, TEST))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("small-seed-1.json is the result of other options or data");
        assertThatThrownBy(() -> StudyRun.open(study, CASES, 2, TEST, TEST))
                .hasMessageContaining("small-seed-1.json is the result of other options or data");
        Path other = folder.resolve("other");
        RunDirectory.create(other, Manifest.start("gan", 1, "d", "f", Map.of()), Map.of())
                .close();
        assertThatThrownBy(() -> open(other))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("must hold a study, but holds a run of kind gan");
    }
}
