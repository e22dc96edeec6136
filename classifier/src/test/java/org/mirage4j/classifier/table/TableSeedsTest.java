package org.mirage4j.classifier.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.classifier.tuning.CrossValidation;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.table.ColumnSchema;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.CsvOptions;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.core.table.SchemaOptions;
import org.mirage4j.core.table.TableSchema;

/** What columns are does not depend on how rows are parted. */
class TableSeedsTest {
    private static final int ROWS = 150;
    private static final String[] KINDS = {"alpha", "beta", "gamma"};

    /** Three kinds told by x, and one more column. */
    private static CsvTable table(String name, IntFunction<String> cell) {
        return read(IntStream.range(0, ROWS)
                .mapToObj(row -> row % 3 + 0.01 * (row % 17) + "," + KINDS[row % 3] + "," + cell.apply(row))
                .collect(Collectors.joining("\n", "x,kind," + name + "\n", "\n")));
    }

    private static CsvTable read(String text) {
        return CsvTable.read("t.csv", new StringReader(text), CsvOptions.DEFAULT);
    }

    private static TablePreparation parted(CsvTable table, long seed) {
        return TableParts.of(table, "kind", seed).preparation();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aColumnOfAlmostNoValuesIsLeftOut(long seed) {
        TablePreparation preparation = parted(table("remark", row -> row == 47 ? "7" : ""), seed);
        assertThat(preparation.inputs()).isEqualTo(1);
        assertThat(preparation.schema().column("remark").reason()).isEqualTo("too few values, 1 in 150 rows");
    }

    /** A category of one row, so that some training parts lack it: no seed may change the network's inputs. */
    @Test
    void categoriesAreThoseOfTheWholeTable() {
        CsvTable table =
                table("colour", row -> row == 3 ? "violet" : row % 40 == 1 ? "" : row % 2 == 0 ? "red" : "blue");
        CsvTable rows = read("x,colour\n1,violet\n1,red\n");
        Set<Boolean> cases = new HashSet<>();
        for (long seed = 1; seed <= 20; seed++) {
            TablePreparation preparation = parted(table, seed);
            assertThat(preparation.inputs()).isEqualTo(1 + 3 + 1);
            boolean trained = preparation.columns().get(1).seen().contains("violet");
            cases.add(trained);
            assertThat(preparation.outside(rows)).containsExactly(trained ? List.of() : List.of("colour"), List.of());
            // an input about which nothing was learned says nothing
            assertThat(preparation.features(rows).getRow(0).getDouble(3)).isEqualTo(trained ? 1 : 0);
            assertThat(preparation.features(rows).getRow(1).getDouble(2)).isEqualTo(1);
        }
        assertThat(cases).containsExactlyInAnyOrder(true, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void oneBadCellIsRefusedWhereverItGoes(long seed) {
        CsvTable table = table("y", row -> row == 1 ? "1.O2" : row + ".5");
        assertThatThrownBy(() -> parted(table, seed))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("column \"y\", holds numbers, but 1 of 150 values are none: line 3 \"1.O2\"");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void classesTooSmallForThreePartsAreRefused(long seed) {
        String rows = "1,omega\n2,omega\n"
                + IntStream.range(0, 60)
                        .mapToObj(row -> row % 7 + ".5," + KINDS[row % 2])
                        .collect(Collectors.joining("\n"));
        CsvTable table = read("x,kind\n" + rows + "\n");
        assertThatThrownBy(() -> parted(table, seed))
                .isInstanceOf(MirageException.class)
                .hasMessage("every class must have at least 5 examples to be dealt to three parts, for training,"
                        + " calibration and test, but \"omega\" of column \"kind\" has 2; leave their examples out or put"
                        + " classes together");
    }

    @Test
    void everyClassOfFiveIsInEveryPart() {
        String rows = IntStream.range(0, 60)
                .mapToObj(row -> row % 7 + ".5," + (row < 5 ? "omega" : KINDS[row % 2]))
                .collect(Collectors.joining("\n"));
        CsvTable table = read("x,kind\n" + rows + "\n");
        for (long seed = 1; seed <= 6; seed++) {
            TableParts parts = TableParts.of(table, "kind", seed);
            assertThat(List.of(parts.training(), parts.calibration(), parts.test()))
                    .allMatch(part -> part.examples(0, (int) part.size())
                                    .labels()
                                    .orElseThrow()
                                    .getColumn(2)
                                    .sumNumber()
                                    .intValue()
                            >= 1);
        }
    }

    @Test
    void aClassOfOneCannotBeCrossValidated() {
        CsvTable table = read("x,kind\n0.5,omega\n"
                + IntStream.range(0, 20)
                        .mapToObj(row -> row % 7 + ".5," + KINDS[row % 2] + "\n")
                        .collect(Collectors.joining()));
        assertThatThrownBy(() -> new CrossValidation(new TableFolds(table, "kind"), 5, 1, 1))
                .hasMessageContaining("at least 2 examples")
                .hasMessageContaining("\"omega\" of column \"kind\" has 1");
    }

    @Test
    void aConstantColumnDecidesNothing() {
        TablePreparation preparation = parted(table("dose", row -> "0.23"), 1);
        assertThat(preparation.features(read("x,dose\n1,0.24\n"))).isEqualTo(preparation.features(read("x\n1\n")));
    }

    /** Differences whose squares over- or underflow, and a mean that is no float. */
    @ParameterizedTest
    @ValueSource(strings = {"%d.5e37", "%d.5e-200", "-%d.5e-310", "1000000%d.5"})
    void numbersOfAnySizeAreStandardised(String pattern) {
        CsvTable table = table("y", row -> String.format(Locale.ROOT, pattern, row % 10));
        TableSchema schema = TableSchema.infer(table, SchemaOptions.NONE, "kind", ColumnType.CATEGORY);
        TablePreparation preparation = TablePreparation.fit(
                table, schema, "kind", IntStream.range(0, ROWS).toArray());
        double[] column = preparation.features(table).getColumn(1).toDoubleVector();
        double deviation = Math.sqrt(99 / 12.0);
        double sign = pattern.startsWith("-") ? -1 : 1;
        for (int row = 0; row < ROWS; row++) {
            assertThat(column[row]).isCloseTo(sign * (row % 10 - 4.5) / deviation, within(1e-6));
        }
    }

    @Test
    void rowsInHandAreReadLikeThoseOfAFile() {
        CsvTable table = table("price", row -> row % 5 == 0 ? "" : "\"" + row + ",5\"");
        TablePreparation preparation = parted(table, 1);
        Map<String, Object> numbers = new HashMap<>();
        numbers.put("x", 1);
        numbers.put("price", 7.5);
        Map<String, Object> texts = Map.of("x", " 1.0 ", "price", "7,5", "other", List.of());
        Map<String, Object> missing = new HashMap<>(texts);
        missing.put("price", null);
        Map<String, Object> alsoMissing = Map.of("x", 1L, "price", Double.NaN);
        CsvTable rows = read("x,price\n1,\"7,5\"\n1,\"7,5\"\n1,\n1,NA\n");
        List<Map<String, Object>> inHand = List.of(numbers, texts, missing, alsoMissing);
        assertThat(preparation.features(inHand)).isEqualTo(preparation.features(rows));
        assertThat(preparation.outside(inHand)).isEqualTo(preparation.outside(rows));
    }

    @Test
    void rowsInHandThatDoNotFitAreNamed() {
        TablePreparation preparation = parted(table("price", row -> row + ".5"), 1);
        assertThatThrownBy(() -> preparation.features(List.of(Map.of("x", 1, "price", 2), Map.of("x", 1))))
                .hasMessage("row 2 lacks the columns [price] that the model was trained on; it has [x]");
        assertThatThrownBy(() -> preparation.features(List.of(Map.of("x", 1, "price", "dear"))))
                .hasMessage("row 1, column \"price\", must be a number, but is \"dear\"");
        assertThatThrownBy(() -> preparation.features(List.of(Map.of("x", 1, "price", 1e39))))
                .hasMessageStartingWith("row 1, column \"price\", must be a number near those of training")
                .hasMessageEndingWith("which overflows 32 bits");
        assertThatThrownBy(() -> preparation.features(List.of())).hasMessageContaining("at least one row");
    }

    @Test
    void wholeNumbersInHandAreCategoriesAsWritten() {
        CsvTable table = table("code", row -> row % 2 == 0 ? "3" : "10");
        TableSchema schema = TableSchema.infer(
                table, SchemaOptions.NONE.with("code", ColumnType.CATEGORY), "kind", ColumnType.CATEGORY);
        assertThat(schema.column("code")).extracting(ColumnSchema::categories).isEqualTo(List.of("10", "3"));
        TablePreparation preparation = TablePreparation.fit(table, schema, "kind", new int[] {0, 1, 2, 3});
        assertThat(preparation.features(List.of(Map.of("x", 1, "code", 3.0))))
                .isEqualTo(preparation.features(read("x,code\n1,3\n")));
    }
}
