package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

class AugmentCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int augment(String... options) {
        List<String> arguments = new ArrayList<>(
                List.of("augment", "--examples", "300", "--arch", "dense", "--iterations", "4", "--epochs", "1"));
        arguments.addAll(List.of(options));
        if (!arguments.contains("--keep")) {
            arguments.addAll(List.of("--keep", "5"));
        }
        return Mirage.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    }

    @Test
    void studyIsGoneOnWithSeedBySeed() throws IOException {
        String study = folder.resolve("study").toString();
        assertThat(augment("--rare", "3,8", "--seeds", "1", "--out", study))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("one seed says nothing").doesNotContain("NaN", "±");
        RunDirectory run = RunDirectory.open(Path.of(study));
        assertThat(Files.readString(run.report())).contains("One seed, on real").doesNotContain("NaN", "±");
        String first = Files.readString(run.metrics());
        assertThat(augment("--rare", "8,3", "--seeds", "2", "--out", study))
                .as(err.toString())
                .isZero();
        assertThat(Files.readString(run.metrics())).startsWith(first);
        MetricsTable table = MetricsTable.read(run.metrics());
        assertThat(table.column("seed")).containsExactly(1, 1, 1, 1, 2, 2, 2, 2);
        assertThat(table.column("training_set")).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
        for (double error : table.column("rare_error")) {
            assertThat(error).isBetween(0.0, 1.0);
        }
        assertThat(out.toString()).contains("filled up by the GAN", "rare examples repeated", "it ");
        assertThat(Files.readString(run.report())).contains("nothing cut", "data:image/png;base64,");
        assertThat(Files.exists(run.sample("rare-classes-seed-2"))).isTrue();
    }

    @Test
    void otherOptionsAreRefusedInTheFolderOfAStudy() {
        String study = folder.resolve("study").toString();
        assertThat(augment("--rare", "3", "--seeds", "1", "--out", study))
                .as(err.toString())
                .isZero();
        assertThat(augment("--rare", "4", "--seeds", "1", "--out", study)).isEqualTo(1);
        assertThat(err.toString()).contains("other options");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rare 12 | 1 | must be in 0 to 9",
                "--rare 0,1,2,3,4,5,6,7,8,9 | 1 | some must not be",
                "--keep 100 | 1 | class 3 has",
                "--conditional none | 2 | --conditional must be"
            })
    void badOptionsAreNamed(String options, int exitCode, String message) {
        assertThat(augment((options + " --out " + folder.resolve("study")).split(" ")))
                .isEqualTo(exitCode);
        assertThat(err.toString()).contains(message);
        assertThat(folder.resolve("study")).doesNotExist();
    }

    @Test
    void rareClassesAreCutRepeatedAndCounted() {
        LabelledImages all = LabelledImages.of(new SyntheticDigits(0).examples(0, 400));
        LabelledImages cut = all.thinned(List.of(3, 8), 7, new RandomStreams(1));
        int[] before = all.counts();
        int[] after = cut.counts();
        int[] repeated = cut.repeated(List.of(3, 8), 30).counts();
        for (int label = 0; label < 10; label++) {
            boolean rare = label == 3 || label == 8;
            assertThat(after[label]).isEqualTo(rare ? 7 : before[label]);
            assertThat(repeated[label]).isEqualTo(rare ? 30 : before[label]);
        }
        assertThat(all.thinned(List.of(3), 7, new RandomStreams(2)).ofClass(3).features())
                .isNotEqualTo(all.thinned(List.of(3), 7, new RandomStreams(3))
                        .ofClass(3)
                        .features());
        LabelledImages three = cut.ofClass(3);
        LabelledImages threes = cut.repeated(List.of(3), 30).ofClass(3);
        IntStream.range(0, 30).forEach(i -> assertThat(threes.rows()[i]).isEqualTo(three.rows()[i % 7]));
    }

    @ParameterizedTest
    @CsvSource({
        "0.10, 0.11, 0.12, 0.20, 0.22, 0.21, it helps here",
        "0.20, 0.22, 0.21, 0.10, 0.11, 0.12, 'it does not help here, it harms'",
        "0.10, 0.20, 0.15, 0.15, 0.12, 0.16, 'it does not help here: '"
    })
    void answerIsReadFromTheDifferencesSeedBySeed(
            double a, double b, double c, double d, double e, double f, String expected) {
        assertThat(AugmentReport.verdict(new double[] {a, b, c}, new double[] {d, e, f}))
                .startsWith(expected);
    }
}
