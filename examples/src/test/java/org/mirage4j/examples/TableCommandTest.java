package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.examples.CommandLineTest.Outcome;

/** What commands say about the columns of a table, and what a person may say to them. */
class TableCommandTest {
    private static final List<String> TINY =
            List.of("--epochs", "1", "--hidden", "4", "--batch", "10", "--passes", "2");

    private Path folder;

    @BeforeEach
    void takeFolder(@TempDir Path temporary) {
        folder = temporary;
    }

    private Path write(String name, String header, IntFunction<String> row, String charset) throws IOException {
        Path file = folder.resolve(name);
        Files.write(
                file,
                IntStream.range(0, 60)
                        .mapToObj(row)
                        .collect(Collectors.joining("\n", header + "\n", "\n"))
                        .getBytes(Charset.forName(charset)));
        return file;
    }

    private static String fruit(int row) {
        return (row % 2 == 0 ? "apple" : "pear") + "," + (5 + row % 7) + ".5," + (100 + row);
    }

    private static Outcome run(String command, Object... arguments) {
        List<String> all = new ArrayList<>(List.of(command));
        Stream.of(arguments).map(String::valueOf).forEach(all::add);
        if (command.equals("classify") && !all.contains("--resume")) {
            all.addAll(TINY);
        }
        return CommandLineTest.run(all.toArray(String[]::new));
    }

    @Test
    void columnsAreSaidKeptAndShown() throws IOException {
        Path csv = write("fruit.csv", "kind,size,id", TableCommandTest::fruit, "UTF-8");
        Path out = folder.resolve("run");
        Outcome outcome = run("classify", "--csv", csv, "--label", "kind", "--column", "size=category", "--out", out);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err())
                .contains(
                        "fruit.csv: 60 rows",
                        "  kind  label     2 categories: apple, pear",
                        "  size  category  7 categories: 10.5, 11.5, 5.5, 6.5, 7.5, ...",
                        "  id    ignore    left out: it numbers the rows; --column \"id=number\" takes it");
        assertThat(out.resolve("schema.json")).content().contains("\"it numbers the rows");
        assertThat(out.resolve("model/preparation.json")).content().contains("\"it numbers the rows");
        assertThat(out.resolve("report.html"))
                .content()
                .contains("<h2>Columns</h2>", "left out: it numbers the rows", "1 of 3 columns are left out");

        // a resumed run remembers what it was told, and refuses anything else
        outcome = run("classify", "--resume", out, "--epochs", 2);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("  size  category  7 categories");
        outcome = run("classify", "--resume", out, "--epochs", 3, "--column", "size=number");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("was begun with other types of columns: [size] differ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classify", "tune"})
    void badCellsEndACommandBeforeItsFolder(String command) throws IOException {
        Path csv = write("bad.csv", "kind,size,id", row -> row == 30 ? "apple,7.O,x" : fruit(row), "UTF-8");
        Path out = folder.resolve("run");
        Outcome outcome = run(command, "--csv", csv, "--label", "kind", "--out", out);
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err().lines().filter(line -> line.startsWith("mirage: ")))
                .hasSize(1);
        assertThat(outcome.err()).contains("column \"size\", holds numbers", "line 32 \"7.O\"", "line 32 \"x\"");
        assertThat(out).doesNotExist();
        outcome = run(
                "classify",
                "--csv",
                csv,
                "--label",
                "kind",
                "--bad-cells",
                "missing",
                "--column",
                "id=ignore",
                "--out",
                out);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err())
                .contains("size  number  numbers; 1 missing, 1 of them cells that are no numbers; 7 different");
    }

    @Test
    void filesOfOtherCountriesAreRead() throws IOException {
        Path csv = write(
                "obst.csv",
                "Größe;Art",
                row -> 5 + row % 7 + ",5;" + (row % 3 == 0 ? "Äpfel" : row % 3 == 1 ? "Nüsse" : "Möhren"),
                "windows-1252");
        Outcome refused = run("classify", "--csv", csv, "--label", "Art", "--out", folder.resolve("none"));
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("obst.csv, line 1, is not UTF-8", "--charset windows-1252");
        Path out = folder.resolve("run");
        Outcome outcome = run("classify", "--csv", csv, "--label", "Art", "--charset", "windows-1252", "--out", out);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err())
                .contains(
                        "60 rows, fields parted by semicolon",
                        "numbers with a decimal comma",
                        "3 categories: Möhren, Nüsse, Äpfel");
        Path rows = folder.resolve("neu.csv");
        Files.writeString(rows, "Größe\n\"5,5\"\n\n7\n");
        Path predictions = folder.resolve("p.csv");
        outcome = run("predict", "--run", out, "--csv", rows, "--out", predictions);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(Files.readAllLines(predictions)).hasSize(1 + 3); // the blank line is a row
        Files.writeString(rows, "Größe\n5.5\n");
        outcome = run("predict", "--run", out, "--csv", rows, "--out", predictions);
        assertThat(outcome.err()).contains("must be a number with a decimal comma, but is \"5.5\"");
    }

    @Test
    void aFileWithoutHeaderIsNoticed() throws IOException {
        Path csv = write("rows.csv", "4.5,17,3", row -> row % 5 + ".5," + row * row + "," + row % 2, "UTF-8");
        Outcome outcome = run("classify", "--csv", csv, "--label", "3", "--out", folder.resolve("a"));
        assertThat(outcome.err()).contains("warning: most names of columns are numbers", "--no-header");
        Files.writeString(csv, Files.readString(csv).replaceFirst("4.5,17,3\n", ""));
        outcome = run("classify", "--csv", csv, "--no-header", "--label", "column 3", "--out", folder.resolve("b"));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("rows.csv: 60 rows", "  column 3  label   2 categories: 0, 1");
    }

    @Test
    void predictionsDoNotReplaceTheirInput() throws IOException {
        Path csv = write("fruit.csv", "kind,size,id", TableCommandTest::fruit, "UTF-8");
        String before = Files.readString(csv);
        Path out = folder.resolve("run");
        assertThat(run("classify", "--csv", csv, "--label", "kind", "--out", out)
                        .exitCode())
                .isZero();
        Outcome outcome = run(
                "predict",
                "--run",
                out,
                "--csv",
                csv,
                "--out",
                folder.resolve(".").resolve("fruit.csv"));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("--out must be another file than the one to predict");
        assertThat(csv).content().isEqualTo(before);
    }
}
