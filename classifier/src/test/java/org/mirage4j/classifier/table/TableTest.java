package org.mirage4j.classifier.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.Doubt;
import org.mirage4j.classifier.tuning.Candidate;
import org.mirage4j.classifier.tuning.CrossValidation;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.core.table.SchemaOptions;
import org.mirage4j.core.table.TableSchema;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

class TableTest {
    private static final ClassifierOptions OPTIONS = ClassifierOptions.builder()
            .hidden(16)
            .epochs(15)
            .updater(new Adam(0.01))
            .build();

    private Path folder;

    @BeforeEach
    void takeFolder(@TempDir Path temporary) {
        folder = temporary;
    }

    private CsvTable table(String... lines) {
        return CsvTable.read(write(lines));
    }

    private Path write(String... lines) {
        try {
            return Files.write(Files.createTempFile(folder, "table", ".csv"), List.of(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two species told apart by colour and size, with a few sizes missing. */
    private CsvTable fruit(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[] lines = new String[count + 1];
        lines[0] = "size,colour,fruit";
        for (int i = 0; i < count; i++) {
            boolean apple = i % 2 == 0;
            double size = (apple ? 8 : 6) + 0.7 * random.nextGaussian();
            String colour = random.nextInt(4) == 0 ? "yellow" : apple ? "red" : "orange, dark";
            lines[i + 1] =
                    (random.nextInt(10) == 0 ? "" : size) + ",\"" + colour + "\"," + (apple ? "apple" : "orange");
        }
        return table(lines);
    }

    /** A run that goes on reads its file by the whole path, and must save the same model. */
    @Test
    void examplesAreCalledAsTheirFileWhereverItIsReadFrom() {
        TableParts parts = TableParts.of(new TableFolds(fruit(60, 1), "fruit"), 1);
        String file = parts.training().name();
        assertThat(folder.resolve(file)).exists();
        assertThat(file).doesNotContain(folder.toString());
    }

    @Test
    void numbersAreStandardisedAndCategoriesOneHot() {
        CsvTable table = table("a,kind,y", "1,x,no", "3,z,yes", "5,x,no");
        TablePreparation preparation = TablePreparation.fit(table, "y");
        double deviation = Math.sqrt(8.0 / 3);

        assertThat(preparation.classes()).containsExactly("no", "yes");
        INDArray features = preparation.features(table);
        assertThat(features.shape()).containsExactly(3, 3);
        assertThat(features.getRow(0).toDoubleVector())
                .containsExactly(new double[] {-2 / deviation, 1, 0}, within(1e-6));
        assertThat(features.getRow(1).toDoubleVector()).containsExactly(new double[] {0, 0, 1}, within(1e-6));
        assertThat(preparation.missingValues()).isEmpty();
    }

    @Test
    void missingValuesBecomeTheMeanAndAreMarked() {
        CsvTable table = table("a,kind,y", "1,x,no", "NA,z,yes", "5,?,no");
        TablePreparation preparation = TablePreparation.fit(table, "y");

        assertThat(preparation.features(table).getRow(1).toDoubleVector()).containsExactly(0, 1, 0, 1, 0);
        assertThat(preparation.features(table).getRow(2).toDoubleVector()).containsExactly(1, 0, 0, 0, 1);
        assertThat(preparation.missingValues())
                .containsExactly(
                        "column \"a\": 1 of 3 values are missing, replaced by the mean 3.000",
                        "column \"kind\": 1 of 3 values are missing, a category of their own");
    }

    @ParameterizedTest
    @CsvSource({
        "0.01,x,", // a tenth of the range, which is 10, below its minimum
        "11.99,x,",
        "-0.01,x,a",
        "12.01,x,a",
        "5,q,kind",
        "NA,x,a",
        "5,NA,",
        "-3,q,a kind"
    })
    void columnsOutsideTheTrainingRangeAreNamed(String number, String kind, String outside) {
        TablePreparation preparation = TablePreparation.fit(table("a,kind,y", "1,x,no", "11,,yes"), "y");
        List<String> expected = outside == null ? List.of() : List.of(outside.split(" "));
        CsvTable rows = table("kind,a", "x,5", kind + "," + number);
        assertThat(preparation.outside(rows)).containsExactly(List.of(), expected);
    }

    /** A column that varies in the table, but not among the training rows. */
    @Test
    void columnsConstantInTrainingCoverTheirValueAlone() {
        CsvTable table = table("a,b,y", "0.23,1,no", "0.23,2,yes", "5,3,no");
        TableSchema schema = TableSchema.infer(table, SchemaOptions.NONE, "y", ColumnType.CATEGORY);
        TablePreparation preparation = TablePreparation.fit(table, schema, "y", new int[] {0, 1});
        CsvTable rows = table("a,b", "0.23,1", "0.2300000001,1", "0.24,1");
        assertThat(preparation.outside(rows)).containsExactly(List.of(), List.of(), List.of("a"));
        assertThat(preparation.features(rows).getColumn(0).toDoubleVector()).containsOnly(0);
    }

    @Test
    void categoriesNeverSeenAreNoneOfThoseSeen() {
        TablePreparation preparation = TablePreparation.fit(table("kind,y", "x,no", "z,yes"), "y");
        assertThat(preparation.features(table("kind", "q")).toDoubleVector()).containsExactly(0, 0);
    }

    @Test
    void columnsMayStandInAnotherOrderAndWithoutLabel() {
        TablePreparation preparation = TablePreparation.fit(table("a,b,y", "1,u,no", "2,v,yes"), "y");
        assertThat(preparation.features(table("extra,b,a", "q,v,1")))
                .isEqualTo(preparation.features(table("a,b", "1,v")));
    }

    @Test
    void preparationSurvivesTheFile() {
        TablePreparation preparation = TablePreparation.fit(table("a,b,y", "1,u,no", ",v,yes"), "y");
        preparation.save(folder.resolve("preparation.json"));
        TablePreparation read = TablePreparation.load(folder.resolve("preparation.json"));
        assertThat(read.columns()).isEqualTo(preparation.columns());
        assertThat(read.classes()).isEqualTo(preparation.classes());
        assertThat(read.missingValues()).isEqualTo(preparation.missingValues());
    }

    @Test
    void preparationsWithoutRangesAreRefused() throws IOException {
        Path file = folder.resolve("preparation.json");
        TablePreparation.fit(table("a,y", "1,no", "2,yes"), "y").save(file);
        Files.writeString(file, Files.readString(file).replaceAll(",\\s*\"minimum\" : [^,]*", ""));
        assertThatThrownBy(() -> TablePreparation.load(file))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("preparation.json cannot be read as the preparation of a table:")
                .hasMessageContaining("minimum");
    }

    @Test
    void trainedTableClassifierPredictsAsksAndSurvivesSaving() throws IOException {
        CsvTable test = fruit(60, 2);
        try (TableClassifier classifier = TableClassifier.train(OPTIONS, fruit(300, 1), "fruit", 0.9)) {
            assertThat(classifier.evaluate(test).error()).isLessThan(0.15);
            List<TablePrediction> predictions = classifier.predict(test, 30, 1);
            assertThat(predictions)
                    .hasSize(60)
                    .allMatch(p -> p.askPerson()
                            == (p.entropy() > classifier.rule().entropy()
                                    || p.mutualInformation() > classifier.rule().mutualInformation()
                                    || !p.outside().isEmpty()));
            TablePrediction clear =
                    classifier.predict(table("size,colour", "9.5,red"), 30, 1).get(0);
            TablePrediction unclear =
                    classifier.predict(table("size,colour", "7,yellow"), 30, 1).get(0);
            assertThat(clear.label()).isEqualTo("apple");
            assertThat(clear.askPerson()).isFalse();
            assertThat(unclear.entropy()).isGreaterThan(clear.entropy());
            TablePrediction far =
                    classifier.predict(table("size,colour", "80,violet"), 30, 1).get(0);
            assertThat(far.outside()).containsExactly("size", "colour");
            assertThat(far.doubts()).contains(Doubt.RANGE);

            classifier.save(folder.resolve("run"));
            try (TableClassifier loaded = TableClassifier.load(folder.resolve("run"))) {
                assertThat(loaded.predict(test, 30, 1)).isEqualTo(predictions);
            }
            Path out = folder.resolve("predictions.csv");
            TableClassifier.write(predictions, out);
            List<String> lines = Files.readAllLines(out);
            assertThat(lines).hasSize(61);
            assertThat(lines.get(0))
                    .isEqualTo("class,probability,entropy,mutual_information,ask_a_person,because,outside");
            assertThat(lines.get(1))
                    .startsWith(predictions.get(0).label() + ","
                            + predictions.get(0).probability());
            TableClassifier.write(List.of(far, clear), out);
            lines = Files.readAllLines(out);
            assertThat(lines.get(1))
                    .endsWith("true," + far.doubts().stream().map(Doubt::title).collect(Collectors.joining("; "))
                            + ",size; colour");
            assertThat(lines.get(2)).endsWith("false,,");
        }
    }

    /** Fails if anything that a fold trains on depends on its held-out rows. */
    @Test
    void foldsDoNotLookAtHeldOutRows() {
        String[] lines = {"a,kind,y", "1,x,no", "2,z,yes", "3,x,no", "4,z,yes", "5,x,no", "6,z,yes"};
        String[] changed = lines.clone();
        changed[5] = "1e6,never seen,no";
        changed[6] = ",?,yes";
        int[] training = {0, 1, 2, 3};
        int[] heldOut = {4, 5};
        TableSchema schema = TableSchema.infer(table(changed), SchemaOptions.NONE, "y", ColumnType.CATEGORY);
        FoldSource.Fold before = new TableFolds(table(lines), schema, "y").fold(training, heldOut);
        FoldSource.Fold after = new TableFolds(table(changed), schema, "y").fold(training, heldOut);

        assertThat(after.training().fingerprint()).isEqualTo(before.training().fingerprint());
        assertThat(after.heldOut().fingerprint()).isNotEqualTo(before.heldOut().fingerprint());
        double mean = Arrays.stream(
                        before.training().examples(0, 4).features().getColumn(0).toDoubleVector())
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(0, within(1e-6));
    }

    @Test
    void tablesAreCrossValidated() {
        CrossValidation validation = new CrossValidation(new TableFolds(fruit(100, 1), "fruit"), 4, 1, 1);
        assertThat(validation
                        .compare(List.of(new Candidate("only", OPTIONS)), result -> {})
                        .get(0)
                        .meanError())
                .isLessThan(0.3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "a,b,y\\n1,2,no\\n1,yes|, line 3, has 2 fields, but the header has 3",
                "a,a,y\\n1,2,no|must name every column once, but its header is [a, a, y]",
                "a,b,y|must have a header and at least one row, but has no rows",
                "a,b\\n1,2|has no column \"y\", only [a, b]",
                "a,y\\n1,no\\n2,|, line 3, column \"y\", must be a label, but is missing",
                "a,y\\n1,no\\n2,no|, column \"y\", must have at least 2 different labels, but has [no]",
                "a,y\\n,no\\n?,yes|has no column but the label \"y\", and \"a\" is left out: it has no values",
                "y\\nno\\nyes|has no column but the label \"y\""
            })
    void badTrainingTablesAreNamed(String content, String message) {
        Path file = write(content.split("\\\\n"));
        assertThatThrownBy(() -> TablePreparation.fit(CsvTable.read(file), "y"))
                .isInstanceOf(MirageException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "a\\n1|lacks the columns [kind] that the model was trained on; it has [a]",
                "a,kind\\nmany,x|, line 2, column \"a\", must be a number, but is \"many\"",
                "a,kind\\n1,x\\n1e39,x|, line 3, column \"a\", must be a number near those of training, which lie in [1.0, 2.0], but is \"1e39\", which overflows 32 bits",
                "a,kind\\n-3.4028235e+38,x|, line 2, column \"a\", must be a number near those of training, which lie in [1.0, 2.0], but is \"-3.4028235e+38\", which overflows 32 bits"
            })
    void badTablesToPredictAreNamed(String content, String message) {
        TablePreparation preparation = TablePreparation.fit(table("a,kind,y", "1,x,no", "2,z,yes"), "y");
        Path file = write(content.split("\\\\n"));
        assertThatThrownBy(() -> preparation.features(CsvTable.read(file)))
                .isInstanceOf(MirageException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void absentFileIsNamed() {
        assertThatThrownBy(() -> CsvTable.read(folder.resolve("absent.csv")))
                .isInstanceOf(MirageException.class)
                .hasMessageEndingWith("absent.csv is no file");
    }
}
