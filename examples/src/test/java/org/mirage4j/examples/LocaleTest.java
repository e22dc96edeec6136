package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.examples.CommandLineTest.Outcome;

/** Arabic has digits of its own, Turkish another capital of i, and German a comma in its numbers. */
@Isolated
class LocaleTest {
    private static final Locale BEFORE = Locale.getDefault();

    @TempDir
    private static Path shared;

    @BeforeAll
    static void worksInTheRootLocale() throws IOException {
        StringBuilder csv = new StringBuilder("width,colour,kind\n");
        for (int i = 0; i < 60; i++) {
            csv.append(i % 2 == 0 ? 1.5 + i / 100.0 : 7.25 - i / 100.0)
                    .append(i % 3 == 0 ? ",lilac" : ",pink")
                    .append(i % 2 == 0 ? ",IRIS\n" : ",iris\n");
        }
        Files.writeString(shared.resolve("rows.csv"), csv);
        work(Locale.ROOT, shared.resolve("root"));
    }

    @AfterEach
    void restoreTheLocale() {
        Locale.setDefault(BEFORE);
    }

    /** All that is said, without what the clock says. */
    private static void work(Locale locale, Path folder) throws IOException {
        Locale.setDefault(locale);
        try {
            Files.createDirectories(folder);
            StringBuilder said = new StringBuilder();
            String rows = shared.resolve("rows.csv").toString();
            for (String line : List.of(
                    "gan --arch dense --width 8 --batch 8 --latent 4 --iterations 1 --checkpoint-every 1"
                            + " --preset wgan-gp --out $/gan",
                    "gan --resume $/gan --iterations 3",
                    "sample --run $/gan --count 4 --out $/samples.npy",
                    "classify --csv " + rows + " --label kind --hidden 8 --batch 8 --epochs 1 --passes 3"
                            + " --accuracy 0.5 --activation sigmoid --out $/classifier",
                    "classify --resume $/classifier --epochs 3",
                    "predict --run $/classifier --csv " + rows + " --passes 3 --out $/predictions.csv",
                    "tune --csv " + rows
                            + " --label kind --rates 0.25 --folds 2 --epochs 1 --hidden 4 --batch 8 --out $/tune",
                    "runs --in $",
                    "runs diff $/gan $/classifier",
                    "doctor --threads 0")) {
                Outcome outcome =
                        CommandLineTest.run(line.replace("$", folder.toString()).split(" "));
                said.append(outcome.exitCode()).append(' ').append(outcome.out());
                said.append(outcome.exitCode() == 0 ? "" : outcome.err());
            }
            Files.writeString(
                    folder.resolve("said.txt"),
                    said.toString()
                            .replace(folder.toString(), "$")
                            .replaceAll(" +", " ")
                            .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME"));
        } finally {
            Locale.setDefault(BEFORE);
        }
    }

    @Test
    void commandsSucceedAtAll() throws IOException {
        assertThat(Files.readAllLines(shared.resolve("root/said.txt")))
                .filteredOn(line -> line.contains("mirage: "))
                .singleElement()
                .asString()
                .contains("'0', allowed are whole numbers from 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG-u-nu-arab", "tr-TR", "de-DE"})
    void everyLocaleSaysAndWritesTheSame(String tag) throws IOException {
        Path folder = shared.resolve(tag);
        work(Locale.forLanguageTag(tag), folder);
        assertThat(folder.resolve("said.txt")).hasSameTextualContentAs(shared.resolve("root/said.txt"));
        List<String> names = files(shared.resolve("root"));
        assertThat(files(folder)).isEqualTo(names);
        for (String name : names) {
            Path one = folder.resolve(name);
            Path other = shared.resolve("root").resolve(name);
            if (name.equals("tune/metrics.csv")) { // in the order in which threads end
                assertThat(Files.readAllLines(one))
                        .as(name)
                        .containsExactlyInAnyOrderElementsOf(Files.readAllLines(other));
            } else if (name.endsWith("metrics.csv")) {
                assertThat(untimed(one)).as(name).isEqualTo(untimed(other));
            } else if (name.endsWith(".html")) {
                assertThat(Files.readString(one)).as(name).doesNotContainPattern("[٠-٩۰-۹]");
            } else if (!name.matches(".*(\\.ckpt|manifest\\.json|config\\.json|result\\.json)")) {
                assertThat(one).as(name).hasSameBinaryContentAs(other);
            }
        }
    }

    private static List<String> untimed(Path metrics) {
        MetricsTable table = MetricsTable.read(metrics);
        return table.columns().stream()
                .filter(column -> !column.equals("seconds"))
                .map(column -> column + Arrays.toString(table.column(column)))
                .toList();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
